// What of the HTTP interface may change while it serves: who may call by which name, from which page, and how often.
// Connections that stand are not touched: each request is judged by what holds when it comes.
import type { Middleware } from 'koa';
import { allowOrigins } from './cors.ts';
import { requireHost } from './hosts.ts';
import type { LanCertificate } from './lan-certificate.ts';
import { createRateLimit, type RateLimit, type RateLimitOptions } from './rate-limit.ts';

export interface LiveOptions extends RateLimitOptions {
  corsOrigins: readonly string[];
  /** Of the local network; null where nothing is offered to it. */
  lan: { host: string; tls: LanCertificate } | null;
}

export interface Live {
  hosts: Middleware;
  cors: Middleware;
  rates: RateLimit;
  /** When the certificate of the local network ends; null where nothing is offered to it. */
  lanEndsMs(): number | null;
  take(options: LiveOptions): void;
}

export function createLive(options: LiveOptions): Live {
  let { hosts, cors } = middlewares(options);
  let limits: RateLimitOptions = options;
  let { lan } = options;
  let rates = createRateLimit(limits);
  return {
    hosts: (ctx, next) => hosts(ctx, next),
    cors: (ctx, next) => cors(ctx, next),
    rates: { count: (ctx, kiosk, wantsToBe) => rates.count(ctx, kiosk, wantsToBe) },
    lanEndsMs: () => lan?.tls.certificate.validToDate.getTime() ?? null,
    take(next) {
      ({ lan } = next);
      ({ hosts, cors } = middlewares(next));
      // A new limit begins to count anew; the same goes on counting.
      if (sameLimits(limits, next)) return;
      limits = next;
      rates = createRateLimit(limits);
    },
  };
}

function middlewares({ lan, corsOrigins }: LiveOptions): { hosts: Middleware; cors: Middleware } {
  return {
    hosts: requireHost(lan ? [lan.host] : [], lan?.tls.certificate ?? null),
    cors: corsOrigins.length > 0 ? allowOrigins(corsOrigins) : (_, next) => next(),
  };
}

function sameLimits(one: RateLimitOptions, other: RateLimitOptions): boolean {
  return (
    one.ratePerMinute === other.ratePerMinute && one.loopbackRatePerMinute === other.loopbackRatePerMinute
  );
}
