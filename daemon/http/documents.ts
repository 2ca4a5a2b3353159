// Routes of what a kiosk submits and reads back: checkouts, voids, refunds.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { Checkout, refundSchema, Void } from '../../contract/checkout.ts';
import { Uuid } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import type { StoreClient } from '../store/client.ts';
import type { AcceptAnswer } from '../store/commands.ts';
import type { SyntheticCall } from './caller.ts';
import { answerJson } from './json.ts';
import { preferredWaitMs } from './prefer.ts';
import { ProblemError } from './problems.ts';
import { readSubmission } from './request.ts';
import type { RequestTrace, Tracing } from './tracing.ts';
import type { Waited, WaitingRoom } from './waiting-room.ts';

export function addDocumentRoutes(
  router: Router,
  store: Pick<StoreClient, 'ask'>,
  waitingRoom: WaitingRoom,
  tracing: Tracing,
): void {
  router.post('/v1/checkouts', async (ctx) => {
    const trace = tracing.begin(ctx.get('traceparent'));
    const { id, requestHash, document } = await readSubmission(ctx, 'checkout', () => Checkout);
    const wishMs = preferredWaitMs(ctx.get('Prefer'));
    // RFC 7240 §3: said even where there was nothing to wait for, as the wish was heeded all the same.
    if (wishMs !== null) ctx.set('Preference-Applied', `wait=${wishMs / 1000}`);
    ctx.vary('Prefer');
    const synthetic = ctx.state.synthetic as SyntheticCall | null | undefined;
    if (synthetic) return answerSynthetic(ctx, store, synthetic, { id, checkout: document }, trace);
    const ask = { id, requestHash, checkout: document, kiosk: kioskName(ctx), ...trace.traceIdFor(id) };
    const answered = await waitingRoom.submit(ask, wishMs, ctx.res, trace.asked);
    respond(ctx, answered);
    if (answered.kind === 'answered') {
      trace.end({ ...answered.answer, checkout: document, synthetic: false });
    }
  });

  router.post('/v1/checkouts/:id/void', async (ctx) => {
    const checkoutId = idOf(ctx, 'checkout_not_found');
    const { id, requestHash, document } = await readSubmission(ctx, `void ${checkoutId}`, () => Void);
    respond(ctx, await store.ask('void', { id, requestHash, checkoutId, void: document }));
  });

  router.post('/v1/refunds', async (ctx) => {
    const { id, requestHash, document } = await readSubmission(ctx, 'refund', refundSchema);
    respond(ctx, await store.ask('refund', { id, requestHash, refund: document }));
  });

  router.get('/v1/checkouts/:id', async (ctx) => {
    const view = await store.ask('document', { id: idOf(ctx, 'document_not_found') });
    if (!view) throw new ProblemError('document_not_found');
    answerJson(ctx, view);
  });

  router.get('/v1/checkouts', async (ctx) => {
    const beforeSeq = wholeNumber(ctx, 'cursor', Number.MAX_SAFE_INTEGER);
    const itemsMax = wholeNumber(ctx, 'limit', limits.pageItemsMax) ?? 20;
    answerJson(ctx, await store.ask('page', { beforeSeq, itemsMax }));
  });
}

/** The mark is the caller's, not the body's; and whoever may make this one may make no other. */
async function answerSynthetic(
  ctx: Context,
  store: Pick<StoreClient, 'ask'>,
  { id, by }: SyntheticCall,
  made: { id: string; checkout: Checkout },
  trace: RequestTrace,
): Promise<void> {
  if (made.id !== id) throw new ProblemError('kiosk_token_invalid');
  const accepted = await store.ask('synthetic', { ...made, by });
  if (accepted.kind === 'unaccepted') throw new ProblemError(accepted.code);
  ctx.status = 201;
  answerJson(ctx, accepted.answer);
  trace.end({ ...accepted.answer, checkout: made.checkout, synthetic: true });
}

/** 201 whenever the journal has it: a refusal by the rule is an answer too, and kept. */
export function respond(ctx: Context, answer: AcceptAnswer | Waited): void {
  switch (answer.kind) {
    case 'unaccepted':
      throw new ProblemError(answer.code);
    case 'pending':
    case 'gone':
      // Nobody is there to read it; whoever asks again with the same key waits for the same decision.
      throw new ProblemError('busy');
    case 'answered':
  }
  ctx.status = 201;
  ctx.set('Location', `/v1/checkouts/${answer.answer.id}`);
  answerJson(ctx, answer.answer);
}

/** The kiosk by the name it was paired under, where the door knows it. */
export function kioskName(ctx: Context): string | null {
  const kiosk = ctx.state.kiosk as { name: string } | null | undefined;
  return kiosk?.name ?? null;
}

/** The id in the path, in lower case. */
export function idOf(ctx: Context, missing: 'checkout_not_found' | 'document_not_found'): string {
  const id = Uuid.safeParse(String(ctx.params.id).toLowerCase());
  if (!id.success) throw new ProblemError(missing);
  return id.data;
}

function wholeNumber(ctx: Context, name: string, max: number): number | null {
  const text = ctx.query[name];
  if (text === undefined) return null;
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new ProblemError('query_invalid');
  return value;
}
