// The route that answers the policy's flags as they stand for the kiosk that asks.
import type Router from '@koa/router';
import type { FlagClient } from '../flags/client.ts';
import type { StoreClient } from '../store/client.ts';
import { kioskName } from './documents.ts';
import { answerJson } from './json.ts';
import { ProblemError } from './problems.ts';

export function addFlagRoute(router: Router, store: Pick<StoreClient, 'ask'>, flags: FlagClient): void {
  router.get('/v1/flags', async (ctx) => {
    const known = await store.ask('flags', { afterPolicyVersion: flags.policyVersion });
    if (known.kind === 'unaccepted') throw new ProblemError(known.code);
    answerJson(ctx, await flags.answer(known.newer, kioskName(ctx)));
  });
}
