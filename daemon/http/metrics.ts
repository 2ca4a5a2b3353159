// /metrics for Prometheus: for this machine, and for the addresses that the configuration names. Others are told that there is
// nothing.
import type { Middleware } from 'koa';
import { isListed } from '../../kit/address-list.ts';
import { prometheusType } from '../../kit/prometheus.ts';
import { ProblemError } from './problems.ts';

const loopback = ['127.0.0.0/8', '::1'];

export interface MetricsParts {
  text(): Promise<string>;
  /** Beside this machine's own. */
  addresses: readonly string[];
}

export function serveMetrics({ text, addresses }: MetricsParts): Middleware {
  const allowed = [...loopback, ...addresses];
  return async (ctx, next) => {
    if (ctx.path !== '/metrics') return next();
    if (!isListed(allowed, ctx.ip)) throw new ProblemError('not_found');
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD');
      throw new ProblemError('method_not_allowed');
    }
    ctx.type = prometheusType;
    ctx.body = await text();
  };
}

/** Tells what each request of a kiosk took, and whether the box failed on it; a stream of events ends when the kiosk goes, and says nothing. */
export function timeRequests(took: (ms: number, failed: boolean) => void): Middleware {
  return async (ctx, next) => {
    const startMs = performance.now();
    try {
      await next();
    } finally {
      const counts = ctx.path.startsWith('/v1/') && ctx.path !== '/v1/events';
      if (counts) took(performance.now() - startMs, ctx.status >= 500);
    }
  };
}
