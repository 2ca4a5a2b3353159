import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, signingInput } from './frame.ts';
import { limits } from './limits.ts';

/** Stands for a signature: whatever covers the input, byte by byte. */
const sign = (input: Buffer) => createHash('sha512').update(input).digest();
const item = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));

describe('frames', () => {
  it('decode to what they were encoded of', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().map((value) => ({ value })),
        fc.array(item),
        (header, items) => {
          const frame = decodeFrame(encodeFrame('entries', 'shop-1', header, items, sign));
          const headerText = JSON.stringify(header);
          expect(frame?.headerText).toBe(headerText);
          expect(frame?.signature).toEqual(sign(signingInput('entries', 'shop-1', headerText)));
          expect(frame?.items.map((bytes) => bytes.toString('hex'))).toEqual(
            items.map((bytes) => bytes.toString('hex')),
          );
        },
      ),
    );
  });

  it('never throw on garbage, and give items that hold no newline', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const bent of [bytes, bytes.map((byte) => (byte % 7 === 0 ? 10 : byte))]) {
          const frame = decodeFrame(Buffer.from(bent));
          expect(frame?.items.some((one) => one.includes(10)) ?? false).toBe(false);
        }
      }),
    );
  });

  it('that end early anywhere are none, or hold fewer items', () => {
    const whole = encodeFrame('feed', 'shop-1', { count: 2 }, [Buffer.from('one'), Buffer.from('two')], sign);
    const counts = Array.from(whole, (_, length) => decodeFrame(whole.subarray(0, length))?.items.length);
    // Nothing before the two first lines are there, and between the items only at their ends.
    expect(new Set(counts)).toEqual(new Set([undefined, 0, 1]));
    expect(counts.filter((count) => count !== undefined)).toEqual([0, 1]);
    expect(decodeFrame(whole)?.items.length).toBe(2);
  });

  it('with more items than a frame may have are none', () => {
    const items = Array.from({ length: limits.frameItemsMax + 1 }, () => Buffer.from('x'));
    expect(decodeFrame(encodeFrame('feed', 'a', {}, items.slice(1), sign))?.items.length).toBe(
      limits.frameItemsMax,
    );
    expect(decodeFrame(encodeFrame('feed', 'a', {}, items, sign))).toBeNull();
  });

  it('are signed under their name, for their appliance: another of either is another signature', () => {
    const inputs = [
      signingInput('hello', 'shop-1', '{}'),
      signingInput('bye', 'shop-1', '{}'),
      signingInput('hello', 'shop-2', '{}'),
      signingInput('hello', 'shop-1', '{ }'),
    ];
    expect(new Set(inputs.map(String)).size).toBe(inputs.length);
  });
});
