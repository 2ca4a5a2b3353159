// Hops of documents and of synthetic checkouts in words and in parts of the whole way. Pure.
import type { SyntheticResult } from '../../../contract/synthetic.ts';
import type { HopKind } from '../../latency/hops.ts';
import { plainWords, type Tone } from './words.ts';

export const hopWords: Record<HopKind, { words: string; means: string }> = {
  waiting_offline: {
    words: 'Waiting offline',
    means: 'Made without a link, until there was one. What was made while connected is not counted here.',
  },
  sending: { words: 'Sending', means: 'From then on, until central had it.' },
  booking: { words: 'Booking', means: 'Until it stood in the ledger.' },
};

/** `40 ms`, `2.4 s`, `3 min`; null: not known. */
export function msWords(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1000) return `${ms} ms`;
  if (ms < 90_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 5_400_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

const reached = [
  ['durableMs', 'On the disk of the box'],
  ['sentMs', 'Sent'],
  ['receivedMs', 'Received by central'],
  ['bookedMs', 'Booked'],
  ['appliedMs', 'Known to the box'],
] as const;

export interface Hop {
  words: string;
  /** Since it was submitted; null: it did not come so far. */
  atMs: number | null;
  /** Where its part of the whole way begins, and how much of it it is. */
  fromPercent: number;
  percent: number;
}

/** A synthetic checkout hop by hop, each with its part of the whole way. */
export function hopsOf({ hops }: Pick<SyntheticResult, 'hops'>): Hop[] {
  const whole = Math.max(1, ...reached.map(([name]) => hops[name] ?? 0));
  let beforeMs = 0;
  return reached.map(([name, words]) => {
    const atMs = hops[name];
    // Two clocks may disagree by some milliseconds: nothing takes less than none.
    const fromMs = beforeMs;
    beforeMs = Math.max(beforeMs, atMs ?? 0);
    return { words, atMs, fromPercent: (fromMs * 100) / whole, percent: ((beforeMs - fromMs) * 100) / whole };
  });
}

export function syntheticWords(result: SyntheticResult): { words: string; tone: Tone } {
  switch (result.kind) {
    case 'passed':
      return { words: 'Passed', tone: 'good' };
    case 'passed_here':
      return { words: 'Passed on the box', tone: 'warn' };
    case 'failed':
      return { words: plainWords(result.failure ?? 'failed'), tone: 'bad' };
  }
}
