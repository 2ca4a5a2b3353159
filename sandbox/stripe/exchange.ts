// One request of Stripe's API and how its answer may reach the caller: whole, late, in halves, byte by byte, or not at all.
// On Node's own HTTP: a charge costs the sandbox so little that it is not what a load test measures.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, failures } from './answer.ts';
import { apiVersion } from './shapes.ts';

const bodyBytesMax = 64 * 1024;
/** Between two bytes of an answer that drips. */
const byteMs = 100;

export interface Exchange {
  method: string;
  path: string;
  query: string;
  /** Of the answer: names and values by turns, written at once. */
  headers: string[];
  request: IncomingMessage;
  response: ServerResponse;
}

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const { method = 'GET', url = '/' } = request;
  const mark = url.indexOf('?');
  const [path, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const headers = ['Content-Type', 'application/json', 'Stripe-Version', apiVersion];
  return { method, path, query, headers, request, response };
}

/** The body as text. @throws Refusal when it is too long */
export function readBody({ request }: Exchange): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) chunks.push(chunk);
    });
    request.on('end', () => {
      if (bytes > bodyBytesMax) reject(failures.tooLong);
      else resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString());
    });
    request.on('error', reject);
  });
}

/** @param latencyMs the answer leaves so much later; no thread waits for it */
export function sendAnswer(exchange: Exchange, answer: Answer, latencyMs: number): void {
  if (latencyMs > 0) setTimeout(() => beginAnswer(exchange, answer).end(answer.text), latencyMs).unref();
  else beginAnswer(exchange, answer).end(answer.text);
}

/** What no client of this API can read. */
export function sendGarbage({ response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>502 Bad Gateway</html>');
}

export function cutOff({ request }: Exchange): void {
  request.socket.resetAndDestroy();
}

export function sendHalf(exchange: Exchange, answer: Answer, thenClose: boolean): void {
  const body = Buffer.from(answer.text);
  beginAnswer(exchange, answer).write(body.subarray(0, body.length / 2), () => {
    if (thenClose) exchange.request.socket.destroy();
  });
}

export async function drip(exchange: Exchange, answer: Answer): Promise<void> {
  const response = beginAnswer(exchange, answer);
  for (const byte of Buffer.from(answer.text)) {
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
    await sleep(byteMs, undefined, { ref: false });
  }
  response.end();
}

/** Sends the head; the body is the caller's to send. */
function beginAnswer({ headers, response }: Exchange, { status, text }: Answer): ServerResponse {
  headers.push('Content-Length', String(Buffer.byteLength(text)));
  return response.writeHead(status, headers);
}
