// What a terminal is told of a box.
import { describe, expect, it } from 'vitest';
import { sampleMember } from './sample.ts';
import { memberLines } from './words.ts';

describe('a box in words', () => {
  it('says everything that its report does', () => {
    const lines = memberLines(sampleMember).slice(3);
    expect(lines.slice(0, -3)).toEqual([
      '  runs release 0.1.0 for 23 h',
      '  link online for 60 min, 2 outage(s) since it started',
      '  journal 0199f3c8-1111-7c01-9d2e-0a1b2c3d4e5f: 1204 entries, 0 unreceived, 734.0 MB',
      '  exposure of 0.00 GBP',
      '  catalogue version 7, policy version 3',
      expect.stringMatching(/^ {2}certificate until .*, 53 days$/),
      '  clock -420 ms off, within 35 ms',
      '  since it started: 310 authorised, 41 approved_offline, 6 refused, 2 declined',
      '  reasons: 5 out_of_stock, 1 above_floor_limit',
      '  359 requests: half within 5 ms, 99 of 100 within 10 ms, 1 failed',
      '  315 commits: half within 5 ms, 99 of 100 within 10 ms',
      '  288 receipts: half within 10 ms, 99 of 100 within 50 ms',
      '  store at most: 4 waiting, 3 in a commit, 9 ms',
      '  kiosks: 4 paired, 4 seen',
      '  102 MB resident, 1.2 % of a core, load 0.21, 48 °C',
      '  free: 512.0 MB of memory, 21.5 GB of disk',
      '  wrote 1.1 GB since the machine started, 1.1 GB a day',
      '  disk: written over once in 29 days, 10 to 20 % of its rated life used',
    ]);
  });

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
