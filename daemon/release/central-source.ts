// Where releases come from: central's enrolment service, over mutual TLS, a piece a request.
import type { X509Certificate } from 'node:crypto';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { type Answer, openTrusted } from '../identity/central-connection.ts';
import { IdentityError } from '../identity/error.ts';
import type { TimeKnown } from '../identity/server-time.ts';
import type { ReleaseSource } from './fetch.ts';

export const releasesPath = '/.well-known/holdfast/releases';
/** So much is lost at most when a piece breaks off. */
export const pieceBytes = 1024 * 1024;

/** Central has others to serve: it is asked again when it said, or later. */
export class SourceBusyError extends Error {
  readonly waitMs: number;
  constructor(waitMs: number) {
    super('central has others to serve');
    this.waitMs = waitMs;
  }
}

export function createCentralSource(parts: {
  est: string;
  identity(): ApplianceIdentity | null;
  time(): Promise<TimeKnown>;
}): ReleaseSource {
  async function ask(path: string, headers: Record<string, string>): Promise<Answer> {
    const identity = parts.identity();
    if (identity === null) throw new Error('the box is not enrolled');
    const roots: X509Certificate[] = parseCertificates(identity.caPem);
    const { connection } = await openTrusted(parts.est, roots, await parts.time(), identity);
    const answer = await connection.ask({
      method: 'GET',
      path: `${releasesPath}/${path}`,
      headers,
      answerBytesMax: pieceBytes,
    });
    if (answer.status === 503) throw new SourceBusyError(Number(answer.retryAfter || 30) * 1000);
    return answer;
  }
  const failed = ({ status, body }: Answer) =>
    new IdentityError(
      'central_refused',
      `central answers ${status}: ${body.slice(0, 200).trim()}`,
      'It is asked again.',
    );

  return {
    async text(path) {
      const answer = await ask(path, {});
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw failed(answer);
      return answer.body;
    },
    async piece(path, fromByte) {
      const answer = await ask(path, { range: `bytes=${fromByte}-${fromByte + pieceBytes - 1}` });
      if (answer.status === 404 || answer.status === 416) return null;
      const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.contentRange) ?? [];
      if (answer.status !== 206 || Number(from) !== fromByte) throw failed(answer);
      return { bytes: answer.bytes, totalBytes: Number(total) };
    },
  };
}
