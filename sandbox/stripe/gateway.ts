// One call of Stripe's API: key, idempotency, the operation, and how the answer reaches the caller.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { unreachable } from '../../kit/assert.ts';
import { type Act, actOfPaymentMethod, type Orders } from '../acts.ts';
import type { Keys } from '../idempotency.ts';
import { type Answer, failures, Refusal } from './answer.ts';
import type { Books } from './books.ts';
import { parseForm } from './form.ts';
import { type Form, findOperation, type Operation } from './routes.ts';
import { apiVersion } from './shapes.ts';

const bodyBytesMax = 64 * 1024;
const keyCharsMax = 255;
/** Between two bytes of an answer that drips. */
const byteMs = 100;
/** Keys are kept for a day: more than this many are more than a test needs. */
const keysMax = 200_000;

export interface Call {
  operation: string;
  idempotencyKey: string | null;
  act: Act['kind'] | null;
  status: number | null;
  replayed: boolean;
}

export interface GatewayParts {
  books: Books;
  keys: Keys;
  orders: Orders;
  operations: readonly Operation[];
  /** Remembers the call; its status is filled in when it is answered. */
  note(call: Call): void;
}

export async function answerStripe(context: Context, parts: GatewayParts): Promise<void> {
  const found = findOperation(parts.operations, context.method, context.path);
  const key = context.method === 'POST' ? context.get('Idempotency-Key') || null : null;
  const call: Call = {
    operation: found?.operation.name ?? 'none',
    idempotencyKey: key,
    act: null,
    status: null,
    replayed: false,
  };
  parts.note(call);
  context.set('Stripe-Version', apiVersion);
  context.set('Request-Id', parts.books.newId('req'));
  if (key !== null) context.set('Idempotency-Key', key.slice(0, keyCharsMax));
  try {
    if (!isTestKey(context.get('Authorization'))) throw failures.unauthorised;
    if (!found) throw unknownPath(context);
    await answerCall(context, found, await readForm(context), call, parts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(context, error.answer, call);
  }
}

async function answerCall(
  context: Context,
  { operation, id }: { operation: Operation; id: string },
  form: Form,
  call: Call,
  parts: GatewayParts,
): Promise<void> {
  const { keys, orders } = parts;
  const key = call.idempotencyKey;
  if (key !== null) {
    const replayed = claimKey(keys, key, JSON.stringify([context.method, context.path, form]));
    if (replayed) {
      call.replayed = true;
      context.set('Idempotent-Replayed', 'true');
      return send(context, replayed, call);
    }
  }
  const act = orders.take(operation.name) ?? actOfPaymentMethod(String(form.payment_method ?? ''));
  call.act = act?.kind ?? null;
  const carryOut = (): Answer => {
    const answer = run(operation, parts.books, form, id);
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
      return send(context, carryOut(), call);
    case 'slow':
      await sleep(act.delayMs, undefined, { ref: false });
      return send(context, carryOut(), call);
    case 'hang':
      carryOutNothing();
      return leaveOpen(context);
    case 'reset':
      carryOutNothing();
      return cutOff(context);
    case 'do_then_hang':
      carryOut();
      return leaveOpen(context);
    case 'do_then_reset':
      carryOut();
      return cutOff(context);
    case 'half_answer':
    case 'half_then_hang':
      return sendHalf(context, carryOut(), act.kind === 'half_answer');
    case 'drip':
      return drip(context, carryOut());
    case 'garbage':
      carryOut();
      context.body = '<html>502 Bad Gateway</html>';
      call.status = 200;
      return;
    case 'answer_409':
      carryOutNothing();
      return send(context, failures.keyInUse.answer, call);
    case 'answer_429':
      carryOutNothing();
      return send(context, failures.tooMany.answer, call);
    case 'answer_500':
      if (key !== null) keys.keep(key, failures.failed.answer);
      return send(context, failures.failed.answer, call);
    case 'do_then_500':
      carryOut();
      if (key !== null) keys.keep(key, failures.failed.answer);
      return send(context, failures.failed.answer, call);
    default:
      return unreachable(act);
  }
}

/** The answer to give again, or null when the call is to be carried out. */
function claimKey(keys: Keys, key: string, request: string): Answer | null {
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

function run(operation: Operation, books: Books, form: Form, id: string): { answer: Answer; begun: boolean } {
  try {
    return { answer: { status: 200, body: operation.run(books, form, id) }, begun: true };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** As a bearer token, or as the user of basic authentication. */
function isTestKey(authorization: string): boolean {
  const [scheme = '', value = ''] = authorization.split(' ');
  const key =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':')[0] : value;
  return /^(sk|rk)_test_\w+$/.test(key ?? '');
}

async function readForm(context: Context): Promise<Form> {
  if (context.method === 'GET') return parseForm(context.querystring);
  return parseForm(await getRawBody(context.req, { encoding: 'utf8', limit: bodyBytesMax }));
}

function unknownPath({ method, path }: Context): Refusal {
  const message = `Unrecognized request URL (${method}: ${path}). The sandbox speaks a part of the API only.`;
  return new Refusal(404, { type: 'invalid_request_error', message }, false);
}

function send(context: Context, answer: Answer, call: Call): void {
  call.status = answer.status;
  context.status = answer.status;
  context.body = answer.body;
}

/** The server closes what is open when it stops. */
function leaveOpen(context: Context): void {
  context.respond = false;
}

function cutOff(context: Context): void {
  context.respond = false;
  context.req.socket.resetAndDestroy();
}

function sendHalf(context: Context, answer: Answer, thenClose: boolean): void {
  const body = beginAnswer(context, answer);
  context.res.write(body.subarray(0, body.length / 2), () => {
    if (thenClose) context.req.socket.destroy();
  });
}

async function drip(context: Context, answer: Answer): Promise<void> {
  const body = beginAnswer(context, answer);
  for (const byte of body) {
    if (context.res.destroyed) return;
    context.res.write(Uint8Array.of(byte));
    await sleep(byteMs, undefined, { ref: false });
  }
  context.res.end();
}

/** Sends the head; the body is the caller's to send. */
function beginAnswer(context: Context, answer: Answer): Buffer {
  context.respond = false;
  const body = Buffer.from(JSON.stringify(answer.body));
  context.res.writeHead(answer.status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  return body;
}
