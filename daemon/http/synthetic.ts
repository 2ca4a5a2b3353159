// The route by which somebody at the box has it make a synthetic checkout. No kiosk's token opens it (scopes.ts).
import type Router from '@koa/router';
import type { Synthetics } from '../synthetic/runner.ts';
import { answerJson } from './json.ts';

export function addSyntheticRoute(router: Router, synthetics: Pick<Synthetics, 'run'>): void {
  router.post('/v1/synthetic-checkouts', async (ctx) => {
    answerJson(ctx, await synthetics.run('technician'));
  });
}
