// The way to central's broker, gone step by step: the name, the port, TLS with this box's own certificate. Nothing is said
// over it, so that a running daemon's session stays.
import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { judgeSocket } from '../identity/judge-socket.ts';
import { believedMs, type TimeKnown } from '../identity/server-time.ts';
import type { Reached } from './judge-link.ts';

const stepMsMax = 5000;
const dayMs = 24 * 3_600_000;

export interface LinkIdentity {
  keyPem: string;
  certificatePem: string;
  caPem: string;
}

/** @param identity null on a box that has none: TLS is judged as far as central's own certificate goes */
export async function reach(
  host: string,
  port: number,
  identity: LinkIdentity | null,
  time: TimeKnown,
): Promise<Reached> {
  const found = await settled(within(lookup(host)));
  if ('error' in found) return { at: 'name', error: found.error };
  const { address } = found.value;
  const opened = await settled(open(address, port));
  if ('error' in opened) return { at: 'port', address, error: opened.error };
  const secured = await settled(secure(host, address, port, identity, time));
  if ('error' in secured) return { at: 'tls', address, error: secured.error };
  const { endsMs, borne } = secured.value;
  return { at: 'connected', address, days: Math.floor((endsMs - believedMs(time)) / dayMs), borne };
}

function open(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port, timeout: stepMsMax });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(failure('ETIMEDOUT')));
    socket.once('error', reject);
  });
}

/** @returns when the server's certificate ends, and whether only this box's clock finds it out of its time */
function secure(
  host: string,
  address: string,
  port: number,
  identity: LinkIdentity | null,
  time: TimeKnown,
): Promise<{ endsMs: number; borne: boolean }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls({
      host: address,
      port,
      // An address is no name that SNI could carry.
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ...(identity && { key: identity.keyPem, cert: identity.certificatePem, ca: identity.caPem }),
      timeout: stepMsMax,
      // why false: judged as the link judges it.
      rejectUnauthorized: false,
    });
    socket.once('secureConnect', () => {
      const judged = judgeSocket(socket, identity ? parseCertificates(identity.caPem) : [], host, time);
      if (judged.kind === 'refused') {
        socket.destroy(failure(judged.code));
        return;
      }
      const endsMs = Date.parse(socket.getPeerCertificate().valid_to);
      socket.destroy();
      resolve({ endsMs, borne: judged.kind === 'borne' });
    });
    socket.once('timeout', () => socket.destroy(failure('ETIMEDOUT')));
    socket.once('error', reject);
    socket.once('close', () => reject(failure('ECONNRESET')));
  });
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

function within<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(failure('ETIMEDOUT')), stepMsMax);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

async function settled<T>(work: Promise<T>): Promise<{ value: T } | { error: string }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  }
}
