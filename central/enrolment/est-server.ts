// EST over HTTPS: its own listener, because every box of the fleet may reach it and no operator needs to. A client
// certificate is asked for and judged by us, as at the broker's door, so that a refusal has a reason.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import rawBody from 'raw-body';
import { unreachable } from '../../kit/assert.ts';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import type { CentralIdentity } from '../../provisioning/identity.ts';
import { type ReleaseAnswer, releasesPath, type ServedReleases } from '../rollout/serve-releases.ts';
import type { EstOperations } from './est-operations.ts';
import { EstError } from './est-problems.ts';

export interface EstServer {
  port: number;
  /** From now on: this server certificate, and these operations, with another issuing CA behind them. */
  renew(identity: ServerIdentity, operations: EstOperations): void;
  close(): Promise<void>;
}

type ServerIdentity = Pick<CentralIdentity, 'serverKeyPem' | 'serverCertificatePem' | 'caPem'>;

/** A request of ours has 500 bytes in base64. */
const bodyBytesMax = 8192;
const requestMsMax = 15_000;
const connectionsMax = 1000;

interface Answer {
  type: string;
  body: Buffer | string;
  /** RFC 7030 §4: DER travels as base64. */
  base64: boolean;
}

type Operation = { method: 'GET' | 'POST'; answer(request: IncomingMessage): Promise<Answer> };

export async function openEstServer(parts: {
  host: string;
  /** 0 for any. */
  port: number;
  identity: ServerIdentity;
  operations: EstOperations;
  releases: ServedReleases;
  log: Log;
}): Promise<EstServer> {
  const { log } = parts;
  let est = parts.operations;
  let operations = operationsByPath(est);
  const server = createServer(
    {
      ...secureContext(parts.identity),
      requestCert: true,
      // why false: one that has run out may still renew itself, and whoever enrols has none yet.
      rejectUnauthorized: false,
      requestTimeout: requestMsMax,
      headersTimeout: requestMsMax,
      keepAliveTimeout: 5000,
      maxHeaderSize: 8192,
    },
    (request, response) => void serve(request, response),
  );
  server.maxConnections = connectionsMax;
  server.on('tlsClientError', (error) => log.debug({ error: error.message }, 'EST handshake failed'));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    try {
      const path = pathOf(request);
      if (path.startsWith(releasesPath)) return await serveRelease(request, response, path);
      const operation = operations.get(path);
      if (!operation) throw new EstError('not_found');
      if (request.method !== operation.method) {
        response.setHeader('Allow', operation.method);
        throw new EstError('method_not_allowed');
      }
      say(response, await operation.answer(request));
    } catch (error) {
      refuse(response, error);
    }
  }

  /** RFC 9110 §14: a part of a file, so that what breaks off is gone on with. */
  async function serveRelease(request: IncomingMessage, response: ServerResponse, path: string) {
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      throw new EstError('method_not_allowed');
    }
    est.applianceOf({ certificate: certificateOf(request) });
    sayRelease(response, await parts.releases.answer(path.slice(releasesPath.length), request.headers.range));
  }

  function refuse(response: ServerResponse, error: unknown): void {
    const known = error instanceof EstError ? error : new EstError('not_ready');
    if (known !== error) log.error({ error: (error as Error).message }, 'EST request failed');
    if (known.status === 401) {
      response.setHeader('WWW-Authenticate', 'Basic realm="holdfast enrolment", charset="UTF-8"');
    }
    const waitMs = known.waitMs ?? (known.status === 503 ? 5000 : null);
    if (waitMs !== null) response.setHeader('Retry-After', Math.ceil(waitMs / 1000));
    // The rest of a body that was too long is not waited for.
    if (known.status === 413) response.setHeader('Connection', 'close');
    response.statusCode = known.status;
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`${known.fault}: ${known.message}\n`);
  }

  const port = await listen(server, parts.port, parts.host);
  return {
    port,
    renew(identity, next) {
      server.setSecureContext(secureContext(identity));
      est = next;
      operations = operationsByPath(est);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

function secureContext({ serverKeyPem: key, serverCertificatePem: cert, caPem: ca }: ServerIdentity) {
  // RFC 7030 §3.3 wants 1.1 or later; anything that speaks EST today speaks 1.2.
  return { key, cert, ca, minVersion: 'TLSv1.2' as const };
}

const EST = '/.well-known/est';
const CERTS_ONLY = 'application/pkcs7-mime; smime-type=certs-only';

function operationsByPath(est: EstOperations): ReadonlyMap<string, Operation> {
  const get = (answer: Operation['answer']): Operation => ({ method: 'GET', answer });
  const post = (answer: Operation['answer']): Operation => ({ method: 'POST', answer });
  return new Map([
    [
      `${EST}/cacerts`,
      get(async () => ({ type: 'application/pkcs7-mime', body: est.cacerts(), base64: true })),
    ],
    [
      `${EST}/csrattrs`,
      get(async () => ({ type: 'application/csrattrs', body: est.csrattrs(), base64: true })),
    ],
    [
      `${EST}/simpleenroll`,
      post(async (request) => {
        const authorization = request.headers.authorization ?? '';
        // Before the body: a client that waits to be asked sends its code with the next request.
        if (authorization === '') throw new EstError('code_missing');
        const address = request.socket.remoteAddress ?? '';
        const body = await est.enrol({ authorization, request: await readRequest(request), address });
        return { type: CERTS_ONLY, body, base64: true };
      }),
    ],
    [
      `${EST}/simplereenroll`,
      post(async (request) => {
        const asked = { certificate: certificateOf(request), request: await readRequest(request) };
        return { type: CERTS_ONLY, body: await est.reenrol(asked), base64: true };
      }),
    ],
    [
      '/.well-known/holdfast/profile',
      get(async (request) => {
        const profile = await est.profile({ certificate: certificateOf(request) });
        return { type: 'application/json', body: JSON.stringify(profile), base64: false };
      }),
    ],
  ]);
}

function say(response: ServerResponse, { type, body, base64 }: Answer): void {
  response.statusCode = 200;
  response.setHeader('Content-Type', type);
  if (base64) response.setHeader('Content-Transfer-Encoding', 'base64');
  response.end(base64 ? base64Lines(Buffer.from(body)) : body);
}

function sayRelease(response: ServerResponse, answer: ReleaseAnswer): void {
  switch (answer.kind) {
    case 'text':
      say(response, { type: 'text/plain; charset=utf-8', body: answer.text, base64: false });
      return;
    case 'piece': {
      const { bytes, fromByte, totalBytes } = answer;
      response.statusCode = 206;
      response.setHeader('Content-Type', 'application/octet-stream');
      response.setHeader('Content-Range', `bytes ${fromByte}-${fromByte + bytes.length - 1}/${totalBytes}`);
      response.setHeader('Content-Length', bytes.length);
      response.end(bytes);
      return;
    }
    case 'range_wrong':
      response.statusCode = 416;
      response.setHeader('Content-Range', `bytes */${answer.totalBytes}`);
      response.end();
      return;
    case 'busy':
      throw new EstError('not_ready', 'others are served; come again', answer.waitMs);
    case 'missing':
      throw new EstError('not_found');
    default:
      unreachable(answer);
  }
}

/** RFC 2045 §6.8: lines of at most 76. */
function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n');
}

/** The path without a query; the label of RFC 7030 §3.2.2 is not used. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function certificateOf(request: IncomingMessage): Buffer | null {
  const { raw } = (request.socket as TLSSocket).getPeerCertificate(false);
  return raw ?? null;
}

/** PKCS #10 in base64, with line breaks or without; RFC 8951 §3: whatever Content-Transfer-Encoding says. */
async function readRequest(request: IncomingMessage): Promise<Buffer> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/pkcs10') throw new EstError('content_type_unsupported');
  const text = await readText(request);
  const plain = text.replace(/\s+/g, '');
  if (plain === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw new EstError('body_malformed');
  return Buffer.from(plain, 'base64');
}

async function readText(request: IncomingMessage): Promise<string> {
  try {
    return await rawBody(request, { limit: bodyBytesMax, encoding: 'latin1' });
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') throw new EstError('body_too_large');
    throw new EstError('body_malformed', 'the body broke off');
  }
}
