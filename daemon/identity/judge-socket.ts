// Who answered a TLS connection: OpenSSL's judgement stands, but for one thing. Where it finds nothing wrong but the time,
// the chain is judged again by what this box knows of the time. Nothing else is ever let pass.
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { IdentityError } from './error.ts';
import { judgeServer } from './judge-server.ts';
import { type Dates, dateHint, dateWords, judgeDates, type TimeKnown } from './server-time.ts';

export type SocketJudged =
  | { kind: 'believed' }
  /** Only until central's own word. */
  | { kind: 'borne'; dates: Dates }
  /** @property code Node's own, as OpenSSL names it */
  | { kind: 'refused'; code: string; error: IdentityError };

/** A chain has three certificates; a loop of issuers must end. */
const chainMax = 6;
const ofTime = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

/** @param socket connected with `rejectUnauthorized: false`, and nothing said over it yet */
export function judgeSocket(
  socket: TLSSocket,
  roots: readonly X509Certificate[],
  host: string,
  time: TimeKnown,
): SocketJudged {
  if (socket.authorized) return { kind: 'believed' };
  // Typed as an Error, and the code in fact (nodejs.org/api/tls.html#tlssocketauthorizationerror).
  const code = String(socket.authorizationError);
  const stranger = () => refused(code, `the certificate of ${host} is not believed (${code})`, strangerHint);
  if (!ofTime.includes(code)) return stranger();
  const judged = judgeServer(chainOf(socket), roots, host);
  if (!judged.ok) return stranger();
  const dates = judgeDates(judged, time);
  switch (dates) {
    case 'borne':
      return { kind: 'borne', dates: judged };
    case 'valid':
      // OpenSSL reads the same clock: a second has passed between.
      return { kind: 'believed' };
    default:
      return refused(code, dateWords[dates], dateHint);
  }
}

const strangerHint =
  'Something else answers there, or something between changes TLS: run holdfast doctor; look at proxies and captive portals.';

function refused(code: string, words: string, hint: string): SocketJudged {
  return { kind: 'refused', code, error: new IdentityError('central_not_trusted', words, hint) };
}

/** As the server sent them, its own first. */
export function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next = socket.getPeerX509Certificate();
    next && chain.length < chainMax && next.fingerprint256 !== chain.at(-1)?.fingerprint256;
    next = next.issuerCertificate
  ) {
    chain.push(next);
  }
  return chain;
}
