import { describe, expect, it } from 'vitest';
import { bucketOf } from './rate-limit.ts';

describe('the bucket of an address', () => {
  it('is one for an address however it is written, and for a whole subnet of IPv6', () => {
    expect(bucketOf('::ffff:192.0.2.7')).toBe(bucketOf('192.0.2.7'));
    const same = ['fd00:1:2:3::1', 'fd00:1:2:3:4:5:6:7', 'fd00:1:2:3::'];
    expect(new Set(same.map(bucketOf)).size).toBe(1);
    expect(bucketOf('fd00::1')).toBe(bucketOf('fd00:0:0:0:9::'));
    expect(bucketOf('fd00:1:2:4::1')).not.toBe(bucketOf('fd00:1:2:3::1'));
  });

  it('is one of 4096 whatever comes, and neighbours seldom share one', () => {
    const buckets = Array.from({ length: 20_000 }, (_, n) => bucketOf(`10.0.${n >> 8}.${n & 255}`));
    expect(new Set(buckets).size).toBeLessThanOrEqual(4096);
    expect(new Set(buckets.slice(0, 254)).size).toBeGreaterThan(230);
  });
});
