// The route of a fulfilment: what a picker or a person at the counter says of goods that wait for their hand-over.
import type Router from '@koa/router';
import { Fulfilment } from '../../contract/checkout.ts';
import type { StoreClient } from '../store/client.ts';
import { idOf, respond } from './documents.ts';
import { readSubmission } from './request.ts';

export function addFulfilmentRoute(router: Router, store: Pick<StoreClient, 'ask'>): void {
  router.post('/v1/checkouts/:id/fulfilment', async (ctx) => {
    const checkoutId = idOf(ctx, 'checkout_not_found');
    const operation = `fulfilment ${checkoutId}`;
    const { id, requestHash, document } = await readSubmission(ctx, operation, () => Fulfilment);
    respond(ctx, await store.ask('fulfilment', { id, requestHash, checkoutId, fulfilment: document }));
  });
}
