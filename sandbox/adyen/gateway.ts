// One call of Adyen's Checkout API (version 71 and later): key, idempotency, the operation, and how the answer reaches the
// caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import getRawBody from 'raw-body';
import { unreachable } from '../../kit/assert.ts';
import type { Keys } from '../idempotency.ts';
import type { Orders } from '../orders.ts';
import { type Exchange, openExchange, sendAnswer } from '../stripe/exchange.ts';
import type { Call } from '../stripe/gateway.ts';
import { actOut } from './act-out.ts';
import { type Answer, answerOf, errorOf, failures, Refusal } from './answer.ts';
import type { Books } from './books.ts';
import { readForm } from './form.ts';
import {
  actOfStored,
  CancelForm,
  CaptureForm,
  cancelPayment,
  capturePayment,
  createPayment,
  PaymentForm,
  refundPayment,
} from './payments.ts';

/** Live accounts have a folder in front. */
const callPath = /^(?:\/checkout)?\/v7[1-9]\/payments(?:\/(\w+)\/(captures|cancels|refunds))?$/;
export const isAdyenPath = (path: string): boolean => /^(?:\/checkout)?\/v7\d\//.test(path);

const bodyBytesMax = 64 * 1024;
const keyCharsMax = 64;
/** Keys are kept for a week: more than this many are more than a test needs. */
const keysMax = 400_000;
/** https://docs.adyen.com/development-resources/api-idempotency */
export const keyLifeMs = 7 * 24 * 3_600_000;

export const operationNames = ['adyen.payments', 'adyen.captures', 'adyen.cancels', 'adyen.refunds'] as const;

export interface AdyenParts {
  books: Books;
  keys: Keys<Answer>;
  orders: Orders;
  /** Each answer leaves so much later than it was ready. */
  latencyMs: number;
  /** Remembers the call; its status is filled in when it is answered. */
  note(call: Call): void;
}

export async function answerAdyen(
  request: IncomingMessage,
  response: ServerResponse,
  parts: AdyenParts,
): Promise<void> {
  const exchange = openExchange(request, response);
  const [found, id = '', modification = 'payments'] = callPath.exec(exchange.path) ?? [];
  const known = exchange.method === 'POST' && found !== undefined;
  const call: Call = {
    operation: known ? `adyen.${modification}` : 'none',
    idempotencyKey: headerOf(request, 'idempotency-key'),
    act: null,
    status: null,
    replayed: false,
  };
  parts.note(call);
  response.setHeader('pspReference', parts.books.newReference());
  if (call.idempotencyKey !== null)
    response.setHeader('Idempotency-Key', call.idempotencyKey.slice(0, keyCharsMax));
  const send = (answer: Answer) => {
    call.status = answer.status;
    if (answer.transient) response.setHeader('transient-error', 'true');
    sendAnswer(exchange, answer, parts.latencyMs);
  };
  try {
    if (!/^test_\w+$/.test(headerOf(request, 'x-api-key') ?? '')) throw new Refusal(failures.unauthorised);
    if (!known) throw new Refusal(failures.unknownPath);
    await answerCall(exchange, call, { id, body: await readJson(request) }, { ...parts, send });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(error.answer);
  }
}

async function answerCall(
  exchange: Exchange,
  call: Call,
  { id, body }: { id: string; body: object },
  { books, keys, orders, send }: AdyenParts & { send(answer: Answer): void },
): Promise<void> {
  const key = call.idempotencyKey;
  const replayed = key === null ? null : claimKey(keys, key);
  if (replayed !== null) {
    call.replayed = true;
    return send(replayed);
  }
  const free = () => {
    if (key !== null) keys.drop(key);
  };
  const keep = (answer: Answer) => {
    if (key !== null) keys.keep(key, answer);
  };
  const stored = PaymentForm.shape.paymentMethod.safeParse(
    'paymentMethod' in body ? body.paymentMethod : null,
  );
  const act =
    orders.take(call.operation, key ?? JSON.stringify(body)) ??
    actOfStored(stored.data?.storedPaymentMethodId ?? '');
  call.act = act?.kind ?? null;
  const carryOut = () => {
    try {
      const answer = run(call.operation, books, id, body);
      keep(answer);
      return answer;
    } catch (error) {
      free();
      if (!(error instanceof Refusal)) throw error;
      return error.answer;
    }
  };
  await actOut(exchange, act, { carryOut, carryOutNothing: free, keep, send });
}

/**
 * The answer to give again, or null when the call is to be carried out. Adyen does not say what another request under a
 * used key gets: here it gets the first answer, the worst that could be.
 */
function claimKey(keys: Keys<Answer>, key: string): Answer | null {
  if (keys.count >= keysMax) throw new Refusal(failures.full);
  if (key.length > keyCharsMax) throw new Refusal(failures.keyTooLong);
  const claim = keys.claim(key, '');
  switch (claim.kind) {
    case 'free':
      return null;
    case 'replay':
      return claim.answer;
    case 'other_request':
    case 'in_use':
      throw new Refusal(failures.keyInUse);
    default:
      return unreachable(claim);
  }
}

function run(operation: string, books: Books, id: string, body: object): Answer {
  switch (operation) {
    case 'adyen.payments':
      return answerOf(200, createPayment(books, readForm(PaymentForm, body)));
    case 'adyen.captures':
      return answerOf(201, capturePayment(books, id, readForm(CaptureForm, body)));
    case 'adyen.cancels':
      return answerOf(201, cancelPayment(books, id, readForm(CancelForm, body)));
    default:
      return answerOf(201, refundPayment(books, id, readForm(CaptureForm, body)));
  }
}

async function readJson(request: IncomingMessage): Promise<object> {
  const text = await getRawBody(request, { encoding: 'utf8', limit: bodyBytesMax }).catch(() => {
    throw new Refusal(failures.tooLong);
  });
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Told below, as what is JSON and no object.
  }
  throw new Refusal(errorOf(400, '702', 'Send one JSON object.'));
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
