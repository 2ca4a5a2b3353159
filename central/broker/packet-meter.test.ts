import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacketMeter } from './packet-meter.ts';

/** A packet of that many bytes behind its fixed header; the meter does not look into it. */
function packet(bytes: number): Buffer {
  const length: number[] = [];
  let rest = bytes;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bytes, 0xff)]);
}

describe('createPacketMeter', () => {
  it('passes packets within the limit however they are cut, and stops at the first above it', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 97 }), (packets, chunkBytes) => {
        const meter = createPacketMeter(200);
        const bytes = Buffer.concat([packet(0), ...packets.map(packet)]);
        let tooLong = false;
        for (let at = 0; at < bytes.length; at += chunkBytes)
          tooLong = meter(bytes.subarray(at, at + chunkBytes));
        expect(tooLong).toBe(packets.some((size) => size > 200));
      }),
    );
  });

  it('stops at the announcement, before the packet itself has come', () => {
    expect(createPacketMeter(1000)(packet(2000).subarray(0, 3))).toBe(true);
  });

  it('stops at a length of more than four bytes, which no packet has', () => {
    expect(createPacketMeter(2 ** 30)(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]))).toBe(true);
  });
});
