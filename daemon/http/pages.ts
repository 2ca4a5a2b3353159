// Serves the pages of the appliance, the reference kiosk under /kiosk and the technician's at /: they need no token, for nothing
// of the shop's is in them. What they then ask of the appliance goes through the doors of kiosks and of technicians.
import type { Middleware } from 'koa';
import type { Pages } from '../pages/assets.ts';
import { loadPages } from '../pages/load.ts';
import { isPages } from '../pages/sources.ts';
import { ProblemError } from './problems.ts';

/**
 * From this appliance alone, and nothing that stands in the page itself: no script, no style, no frame. What is not named
 * is refused.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export function servePages(): Middleware {
  let loading: Promise<Pages> | null = null;
  /** Once they are there they stay; a failure is tried again by the next request. */
  const pages = () => {
    loading ??= loadPages().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  return async (ctx, next) => {
    if (!isPages(ctx.path)) return next();
    const asset = (await pages()).get(ctx.path);
    if (!asset) throw new ProblemError('not_found');
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD');
      throw new ProblemError('method_not_allowed');
    }
    ctx.type = asset.type;
    ctx.set('Content-Security-Policy', contentSecurityPolicy);
    // No other page that opened it, or that it opens, holds on to its window.
    ctx.set('Cross-Origin-Opener-Policy', 'same-origin');
    // Asked for again each time, and mostly answered with 304: a new release is there with the next reload.
    ctx.set('Cache-Control', 'no-cache');
    ctx.status = 200;
    ctx.etag = asset.etag;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = asset.body;
  };
}
