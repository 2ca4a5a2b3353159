// The vector was computed with another language's library from the formula alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainHash, chainHashThrough, genesisHash } from './hash.ts';
import vector from './samples/chain.json' with { type: 'json' };

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const bodies = vector.entries.map(({ body }) => Buffer.from(body));

describe('the hash chain', () => {
  it('is the one of the vector, entry by entry', () => {
    let hash = genesisHash;
    expect(hash).toEqual(bytes(vector.genesis));
    for (const entry of vector.entries) {
      hash = chainHash(hash, entry.seq, Buffer.from(entry.body));
      expect(hash.toString('hex')).toBe(entry.hash);
    }
  });

  it('counts seq in 64 bits', () => {
    const { previous, seq, body, hash } = vector.far;
    expect(chainHash(bytes(previous), seq, Buffer.from(body)).toString('hex')).toBe(hash);
  });

  it('through a run is the chain of its entries, wherever the run is cut', () => {
    const whole = chainHashThrough(genesisHash, 1, bodies);
    expect(whole.toString('hex')).toBe(vector.entries.at(-1)?.hash);
    for (let cut = 0; cut <= bodies.length; cut++) {
      const head = chainHashThrough(genesisHash, 1, bodies.slice(0, cut));
      expect(chainHashThrough(head, cut + 1, bodies.slice(cut))).toEqual(whole);
    }
  });

  it('changes with any byte of any entry, with the order and with the number', () => {
    const whole = chainHashThrough(genesisHash, 1, bodies);
    fc.assert(
      fc.property(
        fc.nat(bodies.length - 1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (at, where, change) => {
          const changed = bodies.map((body) => Buffer.from(body));
          const body = changed[at] ?? Buffer.alloc(0);
          body[where % body.length] = (body[where % body.length] ?? 0) ^ change;
          expect(chainHashThrough(genesisHash, 1, changed)).not.toEqual(whole);
        },
      ),
    );
    expect(chainHashThrough(genesisHash, 1, bodies.toReversed())).not.toEqual(whole);
    expect(chainHashThrough(genesisHash, 2, bodies)).not.toEqual(whole);
  });
});
