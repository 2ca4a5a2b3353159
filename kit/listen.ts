// A server on an address: listening, or the reason why not.
import type { AddressInfo, Server } from 'node:net';
import { assert } from './assert.ts';

/**
 * Listens and resolves with the port, which is a free one where 0 was asked for.
 * Rejects with the system's error, such as EADDRINUSE.
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  assert(typeof address === 'object' && address !== null, 'a TCP server has an address');
  return (address satisfies AddressInfo).port;
}
