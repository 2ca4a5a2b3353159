// The hash chain of a journal: hash(n) = SHA-256(hash(n-1) ‖ n as u64 big-endian ‖ body(n)).
import { hash } from 'node:crypto';

/** What stands before the first entry: 32 zero bytes. */
export const genesisHash: Buffer = Buffer.alloc(32);

/** The chain hash of one entry: 32 bytes. `previous` is 32 bytes, `seq` counts from 1. */
export function chainHash(previous: Uint8Array, seq: number, body: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(40 + body.length);
  input.set(previous, 0);
  // Two 32-bit halves: seq stays far below 2^53, and BigInt would cost more than the hash.
  input.writeUInt32BE(Math.floor(seq / 0x1_0000_0000), 32);
  input.writeUInt32BE(seq % 0x1_0000_0000, 36);
  input.set(body, 40);
  return hash('sha256', input, 'buffer');
}

/** The chain hash after a run of entries that begins with `firstSeq`. */
export function chainHashThrough(
  previous: Uint8Array,
  firstSeq: number,
  bodies: readonly Uint8Array[],
): Buffer {
  let last: Buffer = Buffer.from(previous);
  bodies.forEach((body, i) => {
    last = chainHash(last, firstSeq + i, body);
  });
  return last;
}
