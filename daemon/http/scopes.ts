// Which scope a route needs, and whether the caller has it. A new route below /v1/ needs one without anybody's asking.
import type { RouterContext } from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Kiosk, KioskScope } from '../../contract/pairing.ts';
import { assert } from '../../kit/assert.ts';
import { ProblemError } from './problems.ts';

/**
 * The scope that a request needs; null when it needs none. Reading is `read`, and whatever else is `sell` unless it is
 * listed here. Outside /v1/ there is nothing of the shop's, and without /v1/pairings nobody could begin. What is a
 * technician's is behind a PIN, and no scope opens it (technician.ts).
 * @param route the pattern that was matched, not the path that was sent: paths have many spellings
 */
export function scopeOf(method: string, route: string): KioskScope | null {
  if (!route.startsWith('/v1/') || route === '/v1/pairings' || isTechnicians(route)) return null;
  if (route === ownRoute) return null;
  if (method === 'GET' || method === 'HEAD') return 'read';
  return others.find(([pattern]) => pattern.test(route))?.[1] ?? 'sell';
}

export function isTechnicians(route: string): boolean {
  return route.startsWith('/v1/technician/');
}

/** Where somebody at the box asks for a synthetic checkout. */
const ownRoute = '/v1/synthetic-checkouts';

const others: [RegExp, KioskScope][] = [
  [/^\/v1\/refunds(\/|$)/, 'refund'],
  [/^\/v1\/checkouts\/:\w+\/fulfilment$/, 'fulfil'],
];

/**
 * Lets pass who may. Nobody in particular may do anything over plain HTTP, which is this machine's own, while
 * `tokenRequired` is false; over TLS, which is how the network calls, a token is needed whatever is configured.
 */
export function requireScope(tokenRequired: boolean): Middleware {
  return (ctx, next) => {
    const kiosk = ctx.state.kiosk as Kiosk | null;
    for (const route of routesOf(ctx)) {
      // For the log, should it be refused.
      ctx._matchedRoute = route;
      if (route === ownRoute) {
        if (!ctx.state.atTheBox) throw new ProblemError('box_key_missing');
        continue;
      }
      // Its token opens this one door, for one checkout.
      if (ctx.state.synthetic && route === '/v1/checkouts' && ctx.method === 'POST') continue;
      if (ctx.state.synthetic || ctx.state.atTheBox) throw new ProblemError('kiosk_token_invalid');
      const needed = scopeOf(ctx.method, route);
      if (needed !== null) demand(ctx, kiosk, needed, tokenRequired);
    }
    return next();
  };
}

/**
 * The patterns of the routes that are about to run; the router runs every one that fits. `_matchedRoute` would name the
 * layer that is running, which is this middleware's own.
 */
function routesOf(ctx: Context): string[] {
  const layers = (ctx as Partial<RouterContext>).matched ?? [];
  const routes = layers
    .filter((layer) => layer.methods.includes(ctx.method))
    .map((layer) => String(layer.path));
  assert(routes.length > 0, 'a request past the router has a route');
  return routes;
}

function demand(ctx: Context, kiosk: Kiosk | null, needed: KioskScope, tokenRequired: boolean): void {
  if (!kiosk && (tokenRequired || ctx.secure)) {
    ctx.set('WWW-Authenticate', 'Bearer realm="holdfast"');
    throw new ProblemError('kiosk_token_missing');
  }
  if (kiosk && !kiosk.scopes.includes(needed)) {
    ctx.set('WWW-Authenticate', `Bearer realm="holdfast", error="insufficient_scope", scope="${needed}"`);
    const detail = `${kiosk.name} lacks the scope ${needed}: revoke it, and pair it again with --scopes.`;
    throw new ProblemError('scope_missing', undefined, detail);
  }
}
