// Which pages of other origins may read our answers (the CORS protocol of the Fetch standard). Kiosks say who they are
// by a token that the page itself holds, so that credentials of the browser are never allowed along.
import type { Middleware } from 'koa';

const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'Prefer',
  'Last-Event-ID',
  'Traceparent',
  'X-Request-Id',
].join(', ');
const exposedHeaders = [
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ');
const preflightSecondsMax = 600;

/** Answers preflights of the origins listed; to all others it says nothing, and their browser keeps the answer from them. */
export function allowOrigins(origins: readonly string[]): Middleware {
  const allowed = new Set(origins);
  return async (ctx, next) => {
    // Whether the origin is listed or not: a cache must not give the one the other's answer.
    ctx.vary('Origin');
    const origin = ctx.get('Origin');
    if (!allowed.has(origin)) return next();
    ctx.set('Access-Control-Allow-Origin', origin);
    ctx.set('Access-Control-Expose-Headers', exposedHeaders);
    if (ctx.method !== 'OPTIONS' || ctx.get('Access-Control-Request-Method') === '') return next();
    // GET and HEAD need no leave, but a preflight may ask for them because of their headers.
    ctx.set('Access-Control-Allow-Methods', 'GET, HEAD, POST');
    ctx.set('Access-Control-Allow-Headers', requestHeaders);
    ctx.set('Access-Control-Max-Age', String(preflightSecondsMax));
    ctx.status = 204;
  };
}
