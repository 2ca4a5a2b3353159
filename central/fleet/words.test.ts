// What a terminal is told of a box.
import { describe, expect, it } from 'vitest';
import { sampleMember } from './sample.ts';
import { memberLines } from './words.ts';

describe('a box in words', () => {
  it('says how far its last synthetic checkout came, and how long each hop took', () => {
    const lines = memberLines(sampleMember);
    const at = lines.findIndex((one) => one.includes('synthetic checkout of'));
    expect(lines[at]).toMatch(/: passed, approved_offline$/);
    expect(lines[at + 1]).toBe('    durable 6 ms, sent 11 ms, received 58 ms, booked 64 ms, applied 97 ms');
  });

  it('says why one failed, and nothing of hops that were not reached', () => {
    const { report } = sampleMember;
    if (!report?.synthetic) return expect.fail('the sample has one');
    const hops = { durableMs: 6, sentMs: 11, receivedMs: null, bookedMs: null, appliedMs: null };
    const synthetic = {
      ...report.synthetic,
      kind: 'failed' as const,
      failure: 'not_received' as const,
      hops,
    };
    const lines = memberLines({ ...sampleMember, report: { ...report, synthetic } });
    const at = lines.findIndex((one) => one.includes('synthetic checkout of'));
    expect(lines[at]).toMatch(/: failed, not_received, approved_offline$/);
    expect(lines[at + 1]).toBe('    durable 6 ms, sent 11 ms');
  });
});
