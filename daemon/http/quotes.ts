// The route that answers what a checkout would cost and be told. Nothing is written, so it needs no Idempotency-Key.
import type Router from '@koa/router';
import { QuoteRequest } from '../../contract/quote.ts';
import type { StoreClient } from '../store/client.ts';
import { kioskName } from './documents.ts';
import { answerJson } from './json.ts';
import { ProblemError } from './problems.ts';
import { readDocument } from './request.ts';

export function addQuoteRoutes(router: Router, store: Pick<StoreClient, 'ask'>): void {
  router.post('/v1/quotes', async (ctx) => {
    const { document } = await readDocument(ctx, () => QuoteRequest);
    const answer = await store.ask('quote', { asked: document, kiosk: kioskName(ctx) });
    if (answer.kind === 'unaccepted') throw new ProblemError(answer.code);
    answerJson(ctx, answer.quote);
  });
}
