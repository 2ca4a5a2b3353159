// Puts the declared routes of every room on one router: each behind the gate with its own action.
import Router from '@koa/router';
import type { Context } from 'koa';
import { assert } from '../../kit/assert.ts';
import { exactJson } from './exact-json.ts';
import type { Gate } from './gate.ts';
import type { Route } from './route.ts';
import { answerZipped } from './zipped.ts';

/** @param onActed called after a request that may have changed something */
export function mountRoutes(
  routes: readonly Route[],
  gate: Gate,
  onActed: (route: Route) => void = () => {},
): Router {
  const ids = new Set(routes.map(({ id }) => id));
  assert(ids.size === routes.length, 'every route has an id of its own');
  const router = new Router();
  for (const route of routes) {
    router.register(
      route.path,
      [route.method],
      async (context: Context & { params: Record<string, string> }) => {
        const admitted = await gate(context, route.action);
        const body = await route.serve(context, admitted);
        if (route.method !== 'GET') onActed(route);
        context.status = route.status ?? 200;
        context.type = 'application/json';
        await answerZipped(context, exactJson(body));
      },
    );
  }
  return router;
}
