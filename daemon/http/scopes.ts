// Which scope a route needs, and whether the caller has it. A new route below /v1/ needs one without anybody's asking.
import type { Middleware } from 'koa';
import type { Kiosk, KioskScope } from '../../contract/pairing.ts';
import { ProblemError } from './problems.ts';

/**
 * The scope that a request needs; null when it needs none. Reading is `read`, and whatever else is `sell` unless it is
 * listed here. Outside /v1/ there is nothing of the shop's, and without /v1/pairings nobody could begin.
 * @param route the pattern that was matched, not the path that was sent: paths have many spellings
 */
export function scopeOf(method: string, route: string): KioskScope | null {
  if (!route.startsWith('/v1/') || route === '/v1/pairings') return null;
  if (method === 'GET' || method === 'HEAD') return 'read';
  return others[route] ?? 'sell';
}

const others: Record<string, KioskScope> = {
  '/v1/refunds': 'refund',
  '/v1/checkouts/:id/fulfilment': 'fulfil',
};

/**
 * Lets pass who may. Nobody in particular may do anything over plain HTTP, which is this machine's own, while
 * `tokenRequired` is false; over TLS, which is how the network calls, a token is needed whatever is configured.
 */
export function requireScope(tokenRequired: boolean): Middleware {
  return async (ctx, next) => {
    const needed = scopeOf(ctx.method, ctx._matchedRoute as string);
    const kiosk = ctx.state.kiosk as Kiosk | null;
    if (needed && !kiosk && (tokenRequired || ctx.secure)) {
      ctx.set('WWW-Authenticate', 'Bearer realm="holdfast"');
      throw new ProblemError('kiosk_token_missing');
    }
    if (needed && kiosk && !kiosk.scopes.includes(needed)) {
      ctx.set('WWW-Authenticate', `Bearer realm="holdfast", error="insufficient_scope", scope="${needed}"`);
      const detail = `${kiosk.name} lacks the scope ${needed}: revoke it, and pair it again with --scopes.`;
      throw new ProblemError('scope_missing', undefined, detail);
    }
    await next();
  };
}
