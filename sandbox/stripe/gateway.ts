// One call of Stripe's API: key, idempotency, the operation, and how the answer reaches the caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '../../kit/assert.ts';
import { type Act, actOfPaymentMethod } from '../acts.ts';
import type { Keys } from '../idempotency.ts';
import type { Orders } from '../orders.ts';
import { type Answer, failures, Refusal } from './answer.ts';
import type { Books } from './books.ts';
import {
  cutOff,
  drip,
  type Exchange,
  openExchange,
  readBody,
  sendAnswer,
  sendGarbage,
  sendHalf,
} from './exchange.ts';
import { parseForm } from './form.ts';
import type { Form, Operations } from './routes.ts';

const keyCharsMax = 255;
/** Keys are kept for a day: for each payment its charge and one more call. */
const keysMax = 400_000;

export interface Call {
  operation: string;
  idempotencyKey: string | null;
  act: Act['kind'] | null;
  status: number | null;
  replayed: boolean;
}

export interface GatewayParts {
  books: Books;
  keys: Keys<Answer>;
  orders: Orders;
  operations: Operations;
  /** Each answer leaves so much later than it was ready. */
  latencyMs: number;
  /** Remembers the call; its status is filled in when it is answered. */
  note(call: Call): void;
}

type Found = NonNullable<ReturnType<Operations['find']>>;

export async function answerStripe(
  request: IncomingMessage,
  response: ServerResponse,
  parts: GatewayParts,
): Promise<void> {
  const exchange = openExchange(request, response);
  const found = parts.operations.find(exchange.method, exchange.path);
  const key = exchange.method === 'POST' ? keyOf(request) : null;
  const call: Call = {
    operation: found?.operation.name ?? 'none',
    idempotencyKey: key,
    act: null,
    status: null,
    replayed: false,
  };
  parts.note(call);
  exchange.headers.push('Request-Id', parts.books.newId('req'));
  if (key !== null) exchange.headers.push('Idempotency-Key', key.slice(0, keyCharsMax));
  try {
    if (!isTestKey(request.headers.authorization ?? '')) throw failures.unauthorised;
    if (!found) throw unknownPath(exchange);
    const text = exchange.method === 'GET' ? exchange.query : await readBody(exchange);
    await answerCall(exchange, found, text, call, parts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(exchange, error.answer, call, parts);
  }
}

async function answerCall(
  exchange: Exchange,
  found: Found,
  text: string,
  call: Call,
  parts: GatewayParts,
): Promise<void> {
  const { keys, orders } = parts;
  const key = call.idempotencyKey;
  const request = `${exchange.method} ${exchange.path}\n${text}`;
  if (key !== null) {
    const replayed = claimKey(keys, key, request);
    if (replayed) {
      call.replayed = true;
      exchange.headers.push('Idempotent-Replayed', 'true');
      return send(exchange, replayed, call, parts);
    }
  }
  const form = parseForm(text);
  const act =
    orders.take(found.operation.name, key ?? request) ??
    actOfPaymentMethod(String(form.payment_method ?? ''));
  call.act = act?.kind ?? null;
  if (act?.kind === 'instead') form.payment_method = act.paymentMethod;
  const carryOut = (): Answer => {
    const answer = run(found, parts.books, form);
    if (key !== null) {
      if (answer.begun) keys.keep(key, answer.answer);
      else keys.drop(key);
    }
    return answer.answer;
  };
  // What is not carried out leaves its key free, except a failure, which Stripe keeps.
  const carryOutNothing = () => {
    if (key !== null) keys.drop(key);
  };
  switch (act?.kind) {
    case undefined:
    case 'instead':
      return send(exchange, carryOut(), call, parts);
    case 'slow':
      await sleep(act.delayMs, undefined, { ref: false });
      return send(exchange, carryOut(), call, parts);
    case 'hang':
      // The server closes what is open when it stops.
      return carryOutNothing();
    case 'reset':
      carryOutNothing();
      return cutOff(exchange);
    case 'do_then_hang':
      carryOut();
      return;
    case 'do_then_reset':
      carryOut();
      return cutOff(exchange);
    case 'half_answer':
    case 'half_then_hang':
      return sendHalf(exchange, carryOut(), act.kind === 'half_answer');
    case 'drip':
      return drip(exchange, carryOut());
    case 'garbage':
      carryOut();
      call.status = 200;
      return sendGarbage(exchange);
    case 'answer_409':
      carryOutNothing();
      return send(exchange, failures.keyInUse.answer, call, parts);
    case 'answer_429':
      carryOutNothing();
      return send(exchange, failures.tooMany.answer, call, parts);
    case 'answer_500':
      if (key !== null) keys.keep(key, failures.failed.answer);
      return send(exchange, failures.failed.answer, call, parts);
    case 'do_then_500':
      carryOut();
      if (key !== null) keys.keep(key, failures.failed.answer);
      return send(exchange, failures.failed.answer, call, parts);
    default:
      return unreachable(act);
  }
}

/** The answer to give again, or null when the call is to be carried out. */
function claimKey(keys: Keys<Answer>, key: string, request: string): Answer | null {
  if (keys.count >= keysMax) throw failures.full;
  const claim = keys.claim(key, request);
  switch (claim.kind) {
    case 'free':
      return null;
    case 'replay':
      return claim.answer;
    case 'other_request':
      throw failures.keyReused;
    case 'in_use':
      throw failures.keyInUse;
    default:
      return unreachable(claim);
  }
}

function run({ operation, id }: Found, books: Books, form: Form): { answer: Answer; begun: boolean } {
  try {
    const body = operation.run(books, form, id);
    return { answer: { status: 200, text: JSON.stringify(body) }, begun: true };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function keyOf({ headers }: IncomingMessage): string | null {
  const key = headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

/** As a bearer token, or as the user of basic authentication. */
function isTestKey(authorization: string): boolean {
  const [scheme = '', value = ''] = authorization.split(' ');
  const key =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':')[0] : value;
  return /^(sk|rk)_test_\w+$/.test(key ?? '');
}

function unknownPath({ method, path }: Exchange): Refusal {
  const message = `Unrecognized request URL (${method}: ${path}). The sandbox speaks a part of the API only.`;
  return new Refusal(404, { type: 'invalid_request_error', message }, false);
}

function send(exchange: Exchange, answer: Answer, call: Call, { latencyMs }: GatewayParts): void {
  call.status = answer.status;
  sendAnswer(exchange, answer, latencyMs);
}
