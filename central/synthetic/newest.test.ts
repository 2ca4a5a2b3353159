// What a rollout is told of a box's newest synthetic checkout.
import { describe, expect, it } from 'vitest';
import { sampleMember } from '../fleet/sample.ts';
import { newestSynthetic } from './newest.ts';

const { report } = sampleMember;
if (!report?.synthetic) throw new Error('the sample has one');
const { synthetic } = report;
const heardMs = 1_800_000_000_000;
const of = (change: object) => ({
  of: () => ({ report: { ...report, synthetic: { ...synthetic, ...change } }, heardMs }),
});

describe('the newest synthetic checkout of a box', () => {
  it('is as old as the box says, by central’s clock', () => {
    const wrongClockMs = report.at.wallMs - 5000;
    expect(newestSynthetic(of({ atMs: wrongClockMs }), 'leeds-1')).toEqual({
      passed: true,
      atMs: heardMs - 5000,
    });
    // The clock was set back since.
    expect(newestSynthetic(of({ atMs: report.at.wallMs + 9 }), 'leeds-1')?.atMs).toBe(heardMs);
  });

  it('passed unless it failed; of a box that said nothing there is none', () => {
    expect(newestSynthetic(of({ kind: 'passed_here' }), 'leeds-1')?.passed).toBe(true);
    expect(newestSynthetic(of({ kind: 'failed' }), 'leeds-1')?.passed).toBe(false);
    expect(newestSynthetic({ of: () => null }, 'leeds-1')).toBeNull();
  });
});
