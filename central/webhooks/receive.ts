// The door for processors: POST /webhooks/{processor}. The signature is judged on the exact bytes, the events are stored
// durably, and only then is anything answered with 200: what was answered so will be worked, whatever happens next.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import getRawBody from 'raw-body';
import { clientAddress, isListed } from '../../kit/address-list.ts';
import type { Clock } from '../../kit/clock.ts';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { exactJson } from '../http/exact-json.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { ProcessorPort } from '../processors/port.ts';
import type { WebhooksConfig } from './config.ts';
import type { RefusedCode } from './port.ts';
import type { Refusals } from './refusals.ts';

export interface WebhookDoor {
  port: number;
  close(): Promise<void>;
}

export interface WebhookDoorParts
  extends Pick<WebhooksConfig, 'host' | 'port' | 'tls' | 'trustedProxies' | 'sources'> {
  processors: ReadonlyMap<string, ProcessorPort>;
  store: Pick<LedgerPort, 'storeWebhook'>;
  refusals: Pick<Refusals, 'note'>;
  clock: Pick<Clock, 'wallMs'>;
  log: Log;
  /** Events have been stored. */
  onStored(): void;
}

/** Stripe's events with their whole objects stay far below. */
export const webhookBytesMax = 512 * 1024;
const requestMsMax = 10_000;
const connectionsMax = 1000;
const retryAfterSeconds = 30;

type Answered =
  | { kind: 'accepted'; body: string }
  | { kind: 'problem'; code: keyof typeof problems }
  /** The other end went away, or was too slow: there is nobody to answer. */
  | { kind: 'broken_off' };

/** @throws the system's error when the address cannot be had, or a file of TLS cannot be read */
export async function openWebhookDoor(parts: WebhookDoorParts): Promise<WebhookDoor> {
  const { tls, log } = parts;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    judge(request, parts)
      .catch((error: Error): Answered => {
        log.error({ error: error.message }, 'a webhook could not be stored');
        return { kind: 'problem', code: 'not_stored' };
      })
      .then((answered) => answer(response, answered));
  };
  const limits = { requestTimeout: requestMsMax, headersTimeout: requestMsMax };
  const server: Server = tls
    ? createTlsServer({ ...limits, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, handle)
    : createServer(limits, handle);
  server.maxConnections = connectionsMax;
  const port = await listen(server, parts.port, parts.host);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

async function judge(request: IncomingMessage, parts: WebhookDoorParts): Promise<Answered> {
  const { processors, store, refusals, clock, onStored } = parts;
  const [, name] = /^\/webhooks\/([\w-]{1,64})\/?(?:\?|$)/.exec(request.url ?? '') ?? [];
  if (name === undefined) return { kind: 'problem', code: 'not_found' };
  if (request.method !== 'POST') return { kind: 'problem', code: 'method_not_allowed' };
  const processor = processors.get(name);
  if (processor === undefined) return { kind: 'problem', code: 'processor_unknown' };

  const forwardedFor = String(request.headers['x-forwarded-for'] ?? '');
  const address = clientAddress(request.socket.remoteAddress ?? '', forwardedFor, parts.trustedProxies);
  const refuse = (code: RefusedCode, body: Uint8Array): Answered => {
    refusals.note({ processor: name, code, address, body });
    return { kind: 'problem', code };
  };
  const ranges = parts.sources[name];
  if (ranges && !isListed(ranges, address)) return refuse('address_refused', Buffer.alloc(0));
  const body = await readBody(request);
  if (body === 'broken_off') return { kind: 'broken_off' };
  if (body === 'too_large') return refuse('body_too_large', Buffer.alloc(0));

  const { signatureHeader, acceptedBody } = processor.webhooks;
  const signature = String(request.headers[signatureHeader] ?? '');
  const nowMs = clock.wallMs();
  const webhook = processor.parseWebhook(body, signature, nowMs);
  if (webhook.kind === 'refused') return refuse(webhook.code, body);
  await store.storeWebhook({
    processor: name,
    events: webhook.events,
    body,
    // A credential proves nothing about the body, and has no business on the disk.
    signature: signatureHeader === 'authorization' ? null : signature,
    nowMs,
  });
  onStored();
  return { kind: 'accepted', body: acceptedBody };
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'too_large' | 'broken_off'> {
  try {
    const length = request.headers['content-length'];
    return await getRawBody(request, { limit: webhookBytesMax, ...(length !== undefined && { length }) });
  } catch (error) {
    return (error as { type?: string }).type === 'entity.too.large' ? 'too_large' : 'broken_off';
  }
}

function answer(response: ServerResponse, answered: Answered): void {
  switch (answered.kind) {
    case 'accepted':
      response.writeHead(200, { 'content-type': 'text/plain' }).end(answered.body);
      break;
    case 'problem':
      answerProblem(response, answered.code);
      break;
    case 'broken_off':
      response.destroy();
  }
}

const problems = {
  not_found: [404, 'There is nothing here', 'Send webhooks to /webhooks/ and the name of the processor.'],
  processor_unknown: [404, 'No such processor', 'Configure the processor at central, or correct the name.'],
  method_not_allowed: [405, 'Webhooks are POSTed', 'Use POST.'],
  signature_wrong: [400, 'The signature is wrong', "Compare the endpoint's secret with central's."],
  timestamp_old: [400, 'The signature is too old', 'Send it with a new timestamp; compare the clocks.'],
  body_malformed: [400, 'The body is not understood', 'Send the events as the processor does.'],
  body_too_large: [413, 'The body is too large', `Send at most ${webhookBytesMax} bytes.`],
  address_refused: [403, 'Not from this address', 'Add the address to webhooks.sources of this processor.'],
  not_stored: [503, 'The webhook could not be stored', 'Send it again later.'],
} as const;

function answerProblem(response: ServerResponse, code: keyof typeof problems): void {
  const [status, title, detail] = problems[code];
  if (code === 'method_not_allowed') response.setHeader('allow', 'POST');
  if (code === 'not_stored') response.setHeader('retry-after', retryAfterSeconds);
  // What is left of the body is not read: the connection cannot serve again.
  if (code === 'body_too_large') response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(exactJson({ type: `urn:holdfast:problem:${code}`, title, status, code, detail }));
}
