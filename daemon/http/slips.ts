// The route of the customer's paper: as data, or by Accept as text.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Slip } from '../../contract/slip.ts';
import { slipText } from '../checkout/slip-text.ts';
import type { StoreClient } from '../store/client.ts';
import { idOf } from './documents.ts';
import { answerJson } from './json.ts';
import { ProblemError } from './problems.ts';

export function addSlipRoutes(router: Router, store: Pick<StoreClient, 'ask'>, applianceId: string): void {
  router.get('/v1/checkouts/:id/slip', async (ctx) => {
    const copy = isCopy(ctx);
    const answer = await store.ask('slip', { id: idOf(ctx, 'document_not_found'), copy });
    if (answer.kind === 'missing') throw new ProblemError(answer.code);
    const slip: Slip = { ...answer.slip, applianceId };
    ctx.vary('Accept');
    if (ctx.accepts('application/json', 'text/plain') !== 'text/plain') return answerJson(ctx, slip);
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = slipText(slip);
  });
}

/** Whether paper came out before only the kiosk knows, so it says. */
function isCopy(ctx: Context): boolean {
  const { copy = 'false' } = ctx.query;
  if (copy === 'true' || copy === 'false') return copy === 'true';
  throw new ProblemError('query_invalid', undefined, 'Use copy=true, or leave it out.');
}
