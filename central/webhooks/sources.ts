// From which addresses a processor's webhooks may come, and who is asking behind a proxy.
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

/** An address or a range: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export const AddressRange = z.string().refine((text) => parseRange(text) !== null, {
  error: 'give an IP address, alone or with a prefix length such as 192.0.2.0/24',
});

interface Range {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

function parseRange(text: string): Range | null {
  const [address = '', prefixText, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return null;
  const bits = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1;
  if (prefix < 0 || prefix > bits) return null;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

export interface AddressSet {
  has(address: string): boolean;
}

/** @param ranges as AddressRange parsed them */
export function addressSet(ranges: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (range) list.addSubnet(range.address, range.prefix, range.family);
  }
  return {
    has(address) {
      const plain = plainAddress(address);
      const version = isIP(plain);
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** An IPv4 address that came over an IPv6 socket, as IPv4. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * Who asks: the peer, or, where the peer is a proxy of ours, the last address that it added to X-Forwarded-For. What
 * stands before it was written by whoever asked, and proves nothing.
 */
export function addressOf(peer: string, forwardedFor: string, proxies: AddressSet): string {
  if (!proxies.has(peer)) return plainAddress(peer);
  const last = forwardedFor.split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? plainAddress(peer) : plainAddress(last);
}
