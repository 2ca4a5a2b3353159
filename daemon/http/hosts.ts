// The names this appliance answers to. A page whose own name was pointed at our address (DNS rebinding) speaks with our
// address and its name: it is told that it is wrong here, before anything else.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Middleware } from 'koa';
import { ProblemError } from './problems.ts';

/** Refuses with 421 (RFC 9110 §15.5.20) whatever is not for loopback, for `names` or for a name in the certificate. */
export function requireHost(names: readonly string[], certificate: X509Certificate | null): Middleware {
  const known = new Set(['localhost', '127.0.0.1', '::1', ...names.map((name) => name.toLowerCase())]);
  // Kiosks call by the same name again and again.
  let lastKnown: string | null = null;
  return (ctx, next) => {
    const host = ctx.get('Host');
    if (host === lastKnown) return next();
    const name = hostname(host);
    if (!known.has(name) && !(certificate && isNamed(name, certificate)))
      throw new ProblemError('host_unknown');
    lastKnown = host;
    return next();
  };
}

/** Without port and brackets, in small letters. */
function hostname(host: string): string {
  const [, ipv6, other = ''] = /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::\d*)?$/i.exec(host) ?? [];
  return (ipv6 ?? other).toLowerCase();
}

/** By the subject alternative names alone, wildcards and spellings of IPv6 included. */
function isNamed(name: string, certificate: X509Certificate): boolean {
  if (isIP(name)) return certificate.checkIP(name) !== undefined;
  return name !== '' && certificate.checkHost(name, { subject: 'never' }) !== undefined;
}
