// One TLS connection to central's enrolment service, judged before a byte of ours is sent: it carries a one-time code.
import type { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { IdentityError } from './error.ts';
import { judgeServer, type ServerJudgement } from './judge-server.ts';
import { chainOf } from './judge-socket.ts';
import { assertDates, type Dates, type TimeKnown } from './server-time.ts';

/** A link that is this slow is as good as none; the next run continues. */
const connectMsMax = 15_000;
const answerMsMax = 30_000;
const usualAnswerBytesMax = 256 * 1024;

export interface ClientCertificate {
  keyPem: string;
  certificatePem: string;
}

export interface Connection {
  /** As the server sent them, its own first. */
  chain: X509Certificate[];
  /** One request, after which the connection is closed. @throws IdentityError central_unreachable, answer_malformed */
  ask(question: Question): Promise<Answer>;
  close(): void;
}

export interface Question {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** More is no answer; 256 KiB unless said. */
  answerBytesMax?: number;
}

export interface Answer {
  status: number;
  body: string;
  bytes: Buffer;
  /** As the server wrote them; empty when it did not. */
  retryAfter: string;
  contentRange: string;
}

/** Opens the connection and believes nobody yet. @throws IdentityError central_unreachable */
export async function openConnection(est: string, client?: ClientCertificate): Promise<Connection> {
  const { hostname, port, host } = new URL(est);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 443),
    ...(/^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }),
    ...(client && { key: client.keyPem, cert: client.certificatePem }),
    minVersion: 'TLSv1.3',
    // why false: the chain is judged by judgeServer, which tells a wrong clock from a wrong central.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  socket.on('error', () => {});
  await within(connectMsMax, socket, est, (done, failed) => {
    socket.once('secureConnect', done);
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('connection closed')));
  });
  return {
    chain: chainOf(socket),
    ask: (question) => ask(socket, est, host, question),
    close: () => socket.destroy(),
  };
}

/** The same, and closed again unless the other side is central. @throws IdentityError central_unreachable, central_not_trusted */
export async function openTrusted(
  est: string,
  roots: readonly X509Certificate[],
  time: TimeKnown,
  client?: ClientCertificate,
): Promise<{ connection: Connection; server: Trusted }> {
  const connection = await openConnection(est, client);
  try {
    return { connection, server: assertCentral(connection.chain, est, roots, time) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Its certificates are in their time, or borne until central's word. */
export interface Trusted {
  standing: 'valid' | 'borne';
  dates: Dates;
}

/** @throws IdentityError central_not_trusted */
export function assertCentral(
  chain: readonly X509Certificate[],
  est: string,
  roots: readonly X509Certificate[],
  time: TimeKnown,
): Trusted {
  const judged = judgeServer(chain, roots, new URL(est).hostname);
  if (!judged.ok) throw notTrusted(est, judged.reason);
  return { standing: assertDates(judged, time), dates: judged };
}

function notTrusted(est: string, reason: Extract<ServerJudgement, { ok: false }>['reason']): IdentityError {
  const { host, hostname } = new URL(est);
  const words = {
    no_certificate: `${host} shows no certificate`,
    other_root: `${host} shows a certificate that central's root has not vouched for`,
    other_host: `central's certificate does not name ${hostname}`,
    not_a_server: `${host} shows a certificate that is not a server's`,
  };
  const hint =
    reason === 'other_host'
      ? "Use the name that stands in central's certificate, or have central's certificate made for this name too."
      : 'Something else answers there, or something between changes TLS: look at the link, the port, proxies and captive portals.';
  return new IdentityError('central_not_trusted', words[reason], hint);
}

async function ask(socket: TLSSocket, est: string, host: string, question: Question): Promise<Answer> {
  const { method, path, headers = {}, body = '', answerBytesMax = usualAnswerBytesMax } = question;
  const sent = request({
    method,
    path,
    headers: {
      host,
      connection: 'close',
      ...headers,
      ...(body && { 'content-length': Buffer.byteLength(body) }),
    },
    createConnection: () => socket,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let answer: Omit<Answer, 'body' | 'bytes'> = { status: 0, retryAfter: '', contentRange: '' };
  await within(answerMsMax, socket, est, (done, failed) => {
    sent.once('error', failed);
    sent.once('response', (response) => {
      answer = {
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'] ?? '',
        contentRange: response.headers['content-range'] ?? '',
      };
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax)
          return failed(new Error(`an answer of more than ${answerBytesMax} bytes`));
        chunks.push(chunk);
      });
      // An answer cut in the middle has no end: it counts as none.
      response.once('end', done);
      response.once('error', failed);
      response.once('aborted', () => failed(new Error('the answer broke off')));
    });
    sent.end(body);
  });
  socket.destroy();
  const whole = Buffer.concat(chunks);
  return { ...answer, bytes: whole, body: whole.toString('utf8') };
}

/** Waits within the bound; whatever fails meanwhile ends the connection. */
async function within(
  msMax: number,
  socket: TLSSocket,
  est: string,
  wait: (done: () => void, failed: (error: Error) => void) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${msMax / 1000} s`)), msMax);
      wait(resolve, reject);
    });
  } catch (error) {
    socket.destroy();
    throw unreachable(est, error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(est: string, cause: NodeJS.ErrnoException): IdentityError {
  const { host, hostname } = new URL(est);
  const known: Record<string, [string, string]> = {
    ENOTFOUND: [
      `nobody knows the name ${hostname}`,
      'Look at the name on the slip and at this network’s DNS.',
    ],
    EAI_AGAIN: [
      `the name ${hostname} cannot be looked up now`,
      'Look at the link and at this network’s DNS.',
    ],
    ECONNREFUSED: [
      `nothing listens at ${host}`,
      'Look at the port on the slip; ask whether central is running.',
    ],
    EHOSTUNREACH: [`there is no way to ${host}`, 'Look at the link: cable, address, gateway.'],
    ENETUNREACH: [`there is no way to ${host}`, 'Look at the link: cable, address, gateway.'],
  };
  const reason = cause.message || cause.code || 'connection failed';
  const [words, hint] = known[cause.code ?? ''] ?? [
    `no answer from ${host} (${reason})`,
    'Look at the link and at firewalls between; nothing is lost.',
  ];
  return new IdentityError(
    'central_unreachable',
    words,
    `${hint} Then run the same command again: it continues.`,
    cause,
  );
}
