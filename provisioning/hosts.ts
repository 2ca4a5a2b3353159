// Names and addresses that a server's certificate may carry.
import { isIP } from 'node:net';
import { ProvisioningError } from './error.ts';

/**
 * At least one, and each a DNS name or an IP address.
 * @param use what they are for, in words and by a name that could be one of them
 * @throws ProvisioningError bad_argument
 */
export function assertHosts(hosts: readonly string[], use: { words: string; example: string }): void {
  const bad = hosts.find((host) => isIP(host) === 0 && !DNS_NAME.test(host));
  if (bad === undefined && hosts.length > 0) return;
  throw new ProvisioningError(
    'bad_argument',
    bad === undefined ? 'there is no host name' : `'${bad}' is neither a DNS name nor an IP address`,
    `Name the hosts by which ${use.words}, without scheme or port: ${use.example} or 192.0.2.10.`,
  );
}

/** Labels as of RFC 1123 §2.1. No wildcard: a certificate that fits anything proves little. */
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
