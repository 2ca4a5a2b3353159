// What is said of a box, as a table: nothing beyond what is known.
import { describe, expect, it } from 'vitest';
import { sampleReport } from '../fixtures/health.ts';
import { conclude } from './conclude.ts';
import type { FleetFacts, HeardReport } from './port.ts';
import { goneAfterMs, silentAfterMs } from './silence.ts';

const nowMs = 1_795_341_700_000;
const journalId = sampleReport.journal.journalId;
const facts: FleetFacts = {
  id: 'leeds-1',
  site: 'leeds',
  release: '0.1.0',
  lastHeardMs: nowMs - 10_000,
  ended: null,
  journals: [{ journalId, receivedThrough: 1200, lastSeq: 1201 }],
  conditions: [],
};
const heard: HeardReport = { report: { ...sampleReport, conditions: [] }, heardMs: nowMs - 10_000 };
const longAgoMs = nowMs - silentAfterMs - 1;
const old: HeardReport = { ...heard, heardMs: longAgoMs };
const long = { ...facts, lastHeardMs: longAgoMs };
const stockLow = { code: 'stock_low', forMs: 5000 };
const saying = (...conditions: (typeof stockLow)[]): HeardReport => ({
  ...heard,
  report: { ...heard.report, conditions },
});
const diverged = { code: 'history_diverged', sinceMs: 5 };

describe('the state of a box', () => {
  it.each([
    ['sells online', { facts, heard }, { kind: 'selling_online' }],
    ['was never seen', { facts: { ...facts, lastHeardMs: null }, heard: null }, { kind: 'never_seen' }],
    ['is heard and says nothing of itself', { facts, heard: null }, { kind: 'not_reporting' }],
    [
      'says itself that something is wrong, since when by our clock',
      { facts, heard: saying(stockLow) },
      { kind: 'degraded', conditions: [{ code: 'stock_low', sinceMs: heard.heardMs - 5000 }] },
    ],
    [
      'was found wrong by central, which is not said twice',
      {
        facts: { ...facts, conditions: [{ code: 'stock_low', sinceMs: 7 }] },
        heard: saying(stockLow),
      },
      { kind: 'degraded', conditions: [{ code: 'stock_low', sinceMs: 7 }] },
    ],
    [
      'speaks, and central takes nothing of it',
      { facts: { ...facts, conditions: [diverged] }, heard },
      { kind: 'selling_offline', sinceMs: 5, conditions: [diverged] },
    ],
    [
      'fell silent, with what its report implies against what came since',
      { facts: long, heard: old },
      { kind: 'silent', sinceMs: longAgoMs, unreceivedAtLeast: 4, exposure: heard.report.exposure },
    ],
    [
      'fell silent before it ever reported',
      { facts: long, heard: null },
      { kind: 'silent', sinceMs: longAgoMs, unreceivedAtLeast: 1, exposure: null },
    ],
    [
      'fell silent with all it had written received',
      { facts: { ...long, journals: [{ journalId, receivedThrough: 1300, lastSeq: 1201 }] }, heard: old },
      { kind: 'silent', sinceMs: longAgoMs, unreceivedAtLeast: 0, exposure: heard.report.exposure },
    ],
    [
      'was shut out, whatever it says',
      { facts: { ...facts, ended: { how: 'revoked' as const, sinceMs: 9 } }, heard },
      { kind: 'retired', how: 'revoked', sinceMs: 9 },
    ],
  ])('%s', (_, known, state) => {
    expect(conclude({ ...known, connected: null }, nowMs)).toEqual(state);
  });

  it('is not silent while its connection stands, and what it said long ago is no longer what it is', () => {
    expect(conclude({ facts: long, heard: old, connected: true }, nowMs)).toEqual({ kind: 'not_reporting' });
    expect(conclude({ facts: long, heard: old, connected: false }, nowMs).kind).toBe('silent');
  });

  it('is silent soon where its connection has ended, with time to come back by itself', () => {
    const gone = (agoMs: number) => {
      const lately = { ...facts, lastHeardMs: nowMs - agoMs };
      return conclude({ facts: lately, heard: { ...heard, heardMs: nowMs - agoMs }, connected: false }, nowMs)
        .kind;
    };
    expect([gone(goneAfterMs), gone(goneAfterMs + 1)]).toEqual(['selling_online', 'silent']);
  });

  it('goes by central’s clock alone: a report from the future proves no more than another', () => {
    const report = { ...heard.report, at: { ...heard.report.at, wallMs: nowMs + 1e12 } };
    expect(
      conclude({ facts: long, heard: { report, heardMs: longAgoMs }, connected: null }, nowMs).kind,
    ).toBe('silent');
  });
});
