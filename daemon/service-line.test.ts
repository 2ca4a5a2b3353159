import { describe, expect, it } from 'vitest';
import { serviceLine } from './service-line.ts';

const well: Parameters<typeof serviceLine>[0] = {
  link: { kind: 'online', sinceMs: 1 },
  journal: { journalId: '00000000-0000-4000-8000-000000000001', lastSeq: 9, receivedThrough: 9, pending: 0 },
  catalogue: { version: 3, products: 5, ageMs: 1000 },
  policy: { version: 1, ageMs: 1000 },
  conditions: [],
};
const condition = (code: string) => ({ code, hint: 'a remedy', sinceMs: 0 });

describe('the line on how the appliance is', () => {
  it.each([
    ['selling, link up, 0 unreceived', well],
    [
      'selling, link down, 120 unreceived',
      { ...well, link: { kind: 'offline', sinceMs: 1 }, journal: { ...well.journal, pending: 120 } },
    ],
    [
      'waiting for a catalogue and a policy, link coming up, 0 unreceived',
      {
        ...well,
        link: { kind: 'connecting', sinceMs: 1 },
        catalogue: { version: 0, products: 0, ageMs: null },
      },
    ],
    [
      'waiting for a catalogue and a policy, link up, 0 unreceived',
      { ...well, policy: { version: 0, ageMs: null } },
    ],
    [
      'no new checkouts, link up, 0 unreceived, journal_full',
      { ...well, conditions: [condition('journal_full')] },
    ],
    [
      'selling, refused by central, 0 unreceived, history_diverged, stock_low',
      {
        ...well,
        link: { kind: 'refused', sinceMs: 1 },
        conditions: [condition('history_diverged'), condition('stock_low')],
      },
    ],
  ] satisfies [string, typeof well][])('says "%s"', (line, status) => {
    expect(serviceLine(status)).toBe(line);
  });
});
