import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, decompress, decompressSync } from './zstd.ts';

describe('compression', () => {
  it('gives back what went in, on either thread', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), async (bytes) => {
        const packed = await compress(bytes);
        expect(await decompress(packed, 9000)).toEqual(Buffer.from(bytes));
        expect(decompressSync(packed, 9000)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  it('gives nothing beyond the bound, not even in memory', async () => {
    const packed = await compress(Buffer.alloc(100_000_000));
    expect(packed.length).toBeLessThan(20_000);
    expect(await decompress(packed, 1000)).toBeNull();
    expect(decompressSync(packed, 1000)).toBeNull();
    const exact = await compress(Buffer.alloc(1000));
    expect(await decompress(exact, 1000)).toHaveLength(1000);
    expect(await decompress(exact, 999)).toBeNull();
    expect(decompressSync(exact, 1000)).toHaveLength(1000);
    expect(decompressSync(exact, 999)).toBeNull();
  });

  it('gives nothing for what is no frame of it, or not a whole one', async () => {
    const packed = await compress(Buffer.from('some text that is long enough to be cut'));
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('{"not":"zstd"}'),
      packed.subarray(0, -1),
      packed.subarray(4),
    ]) {
      expect(await decompress(bytes, 1000)).toBeNull();
      expect(decompressSync(bytes, 1000)).toBeNull();
    }
  });
});
