// Lists of IP addresses and networks (CIDR, both families), and the address a request really comes from behind proxies.
import { BlockList, isIP } from 'node:net';

/** True for `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. A name is no address: it may mean another one tomorrow. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Whether the address is one of the list's, each of which `isAddressRange` has let pass. */
export function isListed(ranges: readonly string[], address: string): boolean {
  const bare = bareAddress(address);
  const family = isIP(bare);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const kind = isIP(network) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(network, kind);
    else list.addSubnet(network, Number(bits), kind);
  }
  return list.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The address of whoever asks: the peer's, or, where the peer is one of our own proxies, the last one of
 * X-Forwarded-For that is not. What a stranger writes further left in that header is never believed.
 */
export function clientAddress(peer: string, forwardedFor: string, trustedProxies: readonly string[]): string {
  const hops = forwardedFor === '' ? [] : forwardedFor.split(',').map((hop) => bareAddress(hop.trim()));
  let address = bareAddress(peer);
  while (isListed(trustedProxies, address)) {
    const before = hops.pop();
    // A hop that is no address was not written by a proxy of ours.
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/**
 * What one subscriber has: an IPv4 address, and of IPv6 the network of 64 bits, within which everybody takes as many addresses as
 * they like (RFC 8981).
 */
export function subscriberOf(address: string): string {
  const bare = bareAddress(address);
  if (isIP(bare) !== 6) return bare;
  const [head = '', tail] = (bare.split('%')[0] ?? '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  // An IPv4 address at the end stands for two groups.
  const known = before.length + after.length + (after.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - known)).fill('0');
  const network = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16));
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

/** An IPv4 client at an IPv6 socket is written as IPv4 (RFC 4291 §2.5.5.2). */
function bareAddress(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  return mapped?.[1] ?? address;
}
