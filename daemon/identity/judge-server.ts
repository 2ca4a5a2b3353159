// Whether who answered is central: its certificate chain must end in a root that is trusted, and name the host that was
// called. The time is judged apart (server-time.ts), because a box may boot in 1970.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Dates } from './server-time.ts';

export type ServerJudgement =
  | ({ ok: true } & Dates)
  | { ok: false; reason: 'no_certificate' | 'other_root' | 'other_host' | 'not_a_server' };

const serverAuth = '1.3.6.1.5.5.7.3.1';

/**
 * RFC 5280 §6.1 cut to our own shape, and RFC 9525 for the name. What the handshake proved (that the other side holds the
 * key of the first certificate) is not repeated.
 * @param chain as the server sent it, its own certificate first
 * @param roots the only ones believed
 */
export function judgeServer(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  host: string,
): ServerJudgement {
  const [leaf, ...above] = chain;
  if (!leaf) return { ok: false, reason: 'no_certificate' };
  const path = pathToRoot(leaf, above, roots);
  if (!path) return { ok: false, reason: 'other_root' };
  if (leaf.ca || !(leaf.keyUsage ?? []).includes(serverAuth)) return { ok: false, reason: 'not_a_server' };
  if (!names(leaf, host)) return { ok: false, reason: 'other_host' };

  const notBeforeMs = Math.max(...path.map(({ validFromDate }) => validFromDate.getTime()));
  const notAfterMs = Math.min(...path.map(({ validToDate }) => validToDate.getTime()));
  return { ok: true, notBeforeMs, notAfterMs };
}

/** Leaf, issuing CA, root: no longer path exists, so none is looked for. */
function pathToRoot(
  leaf: X509Certificate,
  above: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | null {
  for (const issuing of above.filter((certificate) => issued(leaf, certificate))) {
    const root = roots.find((candidate) => issued(issuing, candidate));
    if (root) return [leaf, issuing, root];
  }
  const root = roots.find((candidate) => issued(leaf, candidate));
  return root ? [leaf, root] : null;
}

function issued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function names(leaf: X509Certificate, host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '');
  return (isIP(plain) ? leaf.checkIP(plain) : leaf.checkHost(plain, { subject: 'never' })) !== undefined;
}
