// What the doctor concludes from what was measured: each state of each check, and never a claim without a measurement.
import { describe, expect, it } from 'vitest';
import { IdentityError } from '../identity/error.ts';
import type { AtRest } from '../store/at-rest.ts';
import { type Check, exitCodeOf, fault, ok, unknown, warning } from './check.ts';
import { judgeClock, judgeMemory, judgeSpace, judgeSpeed, judgeUnit, judgeWear } from './judge-box.ts';
import { judgeReached, judgeStanding } from './judge-link.ts';
import {
  judgeCertificate,
  judgeCondition,
  judgeExposure,
  judgeFeed,
  judgeJournal,
  judgeKiosks,
  judgeReceipts,
} from './judge-till.ts';

const gibibyte = 1024 ** 3;
const nowMs = Date.UTC(2026, 10, 24, 12);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const refused = new IdentityError('certificate_revoked', 'it was revoked', 'Enrol again.');
const money = (totalMinor: number, timeLeftMs: number | null = null, limitMinor: number | null = 1000) =>
  judgeExposure({
    exposure: { totalMinor, limitMinor, currency: 'GBP' },
    offline: { sinceMs: null, moneyLeftMinor: null, timeLeftMs },
  });
const atRest: AtRest = {
  journalId: '00000000-0000-7000-8000-000000000001',
  lastSeq: 12,
  receivedThrough: 9,
  exposureMinor: 500,
  currency: 'GBP',
  lastEntryMs: nowMs,
  unreceived: { documents: 2, totalMinor: 500 },
};
const sound = {
  journalId: atRest.journalId,
  firstSeq: 1,
  lastSeq: 12,
  receivedThrough: 9,
  findings: [],
  more: false,
};
const disk = (freeBytes: number) =>
  judgeSpace({ freeBytes, totalBytes: 10 * gibibyte, reserveBytes: gibibyte / 8 });

describe('a check', () => {
  it.each<[string, Check, Check['state'], RegExp]>([
    ['plenty of room', disk(5 * gibibyte), 'ok', /5\.0 GiB of 10\.0 GiB free/],
    ['little room', disk(gibibyte / 2), 'warning', /512\.0 MiB/],
    ['below the reserve', disk(gibibyte / 16), 'error', /no new checkouts/],
    ['a quick disk', judgeSpeed([1, 2, 3]), 'ok', /2\.0 ms/],
    ['a slow disk', judgeSpeed([60, 70, 80]), 'warning', /70 ms/],
    ['a dying disk', judgeSpeed([1200]), 'error', /1200 ms/],
    ['a disk that cannot be tried', judgeSpeed([]), 'unknown', /could not/],
    ['no word of wear', judgeWear(null), 'unknown', /does not say/],
    ['a young eMMC', judgeWear({ device: 'mmcblk0', lifeTenths: 1 }), 'ok', /0 to 10 %/],
    ['a worn eMMC', judgeWear({ device: 'mmcblk0', lifeTenths: 8 }), 'warning', /70 to 80 %/],
    ['a spent eMMC', judgeWear({ device: 'mmcblk0', lifeTenths: 11 }), 'error', /past its rated life/],
    ['memory', judgeMemory(gibibyte), 'ok', /1\.0 GiB/],
    ['little memory', judgeMemory(gibibyte / 16), 'warning', /64\.0 MiB/],
    ['no memory', judgeMemory(1024), 'error', /0\.0 MiB/],
    ['a clock as central’s', judgeClock(400, null), 'ok', /as central’s/],
    ['a clock that is ahead', judgeClock(40_000, true), 'warning', /40 s ahead/],
    ['a clock of 1970', judgeClock(-nowMs, true), 'error', /behind/],
    ['a clock nobody judged', judgeClock(null, null), 'unknown', /neither/],
    ['a clock that is not synchronised', judgeClock(null, false), 'warning', /not synchronised/],
    ['no unit', judgeUnit(null), 'unknown', /no holdfast\.service/],
    [
      'a unit that failed',
      judgeUnit({ activeState: 'failed', restarts: 0, enabled: true }),
      'error',
      /failed/,
    ],
    [
      'a unit that a boot forgets',
      judgeUnit({ activeState: 'active', restarts: 0, enabled: false }),
      'warning',
      /boot/,
    ],
    [
      'a unit that restarts',
      judgeUnit({ activeState: 'active', restarts: 9, enabled: true }),
      'warning',
      /9 times/,
    ],
    ['a unit', judgeUnit({ activeState: 'active', restarts: 0, enabled: true }), 'ok', /active/],
    ['a certificate', judgeCertificate('certificate', nowMs + 60 * dayMs, nowMs, ''), 'ok', /60 days/],
    [
      'a certificate at its end',
      judgeCertificate('certificate', nowMs + 3 * dayMs, nowMs, ''),
      'warning',
      /3 days/,
    ],
    [
      'a certificate of the past',
      judgeCertificate('certificate', nowMs - dayMs, nowMs, ''),
      'error',
      /1 d ago/,
    ],
    ['no journal', judgeJournal(null), 'unknown', /first start/],
    ['a sound journal', judgeJournal(sound), 'ok', /1 to 12/],
    [
      'a damaged journal',
      judgeJournal({ ...sound, findings: [{ code: 'entries_altered', firstSeq: 3, lastSeq: 3 }] }),
      'error',
      /entries_altered/,
    ],
    ['all received', judgeReceipts(atRest, null, nowMs), 'ok', /all 12/],
    [
      'some on the way',
      judgeReceipts(atRest, nowMs - 1000, nowMs),
      'ok',
      /3 entries are here only, 5\.00 GBP in 2/,
    ],
    ['some for hours', judgeReceipts(atRest, nowMs - 2 * hourMs, nowMs), 'warning', /2 h/],
    ['some for days', judgeReceipts(atRest, nowMs - 4 * dayMs, nowMs), 'error', /4 d/],
    ['no kiosk', judgeKiosks(0, 1), 'warning', /no kiosk/],
    ['kiosks', judgeKiosks(2, 1), 'ok', /2 paired, 1 more/],
    ['little exposure', money(100), 'ok', /1\.00 GBP/],
    ['much exposure', money(900), 'warning', /of 10\.00 GBP/],
    ['all of it', money(1000), 'error', /refused/],
    ['no time left', money(0, 0), 'error', /used up/],
    ['no limit', money(1_000_000, null, null), 'ok', /10000\.00 GBP/],
    [
      'nothing to sell by',
      judgeFeed({ catalogue: { version: 0, products: 0, ageMs: null }, policy: { version: 1, ageMs: 0 } }),
      'error',
      /no catalogue yet/,
    ],
    ['a condition', judgeCondition({ code: 'stock_low', hint: '', sinceMs: 0 }, nowMs), 'warning', /says so/],
    [
      'one that stops it',
      judgeCondition({ code: 'journal_full', hint: '', sinceMs: 0 }, nowMs),
      'error',
      /says so/,
    ],
    ['nowhere to renew', judgeStanding(null), 'warning', /central\.est/],
    ['accepted', judgeStanding({ kind: 'accepted', centralNowMs: 0, renewAfterMs: 0 }), 'ok', /takes/],
    ['revoked', judgeStanding({ kind: 'refused', error: refused }), 'error', /revoked/],
    ['no answer', judgeStanding({ kind: 'unknown', error: refused }), 'unknown', /no answer/],
  ])('of %s', (_, check, state, words) => {
    expect(check.state).toBe(state);
    expect(check.words).toMatch(words);
  });

  it.each([
    [{ at: 'name' as const, error: 'ENOTFOUND' }, ['error', 'unknown', 'unknown']],
    [{ at: 'port' as const, address: '10.0.0.1', error: 'ECONNREFUSED' }, ['ok', 'error', 'unknown']],
    [{ at: 'tls' as const, address: '10.0.0.1', error: 'CERT_HAS_EXPIRED' }, ['ok', 'ok', 'error']],
    [{ at: 'connected' as const, address: '10.0.0.1', days: 3, borne: false }, ['ok', 'ok', 'warning']],
    [{ at: 'connected' as const, address: '10.0.0.1', days: 300, borne: true }, ['ok', 'ok', 'warning']],
    [{ at: 'connected' as const, address: '10.0.0.1', days: 300, borne: false }, ['ok', 'ok', 'ok']],
  ])('of the way to central claims nothing about what was not come to: %j', (reached, states) => {
    const checks = judgeReached(reached, 'central.example', 8883);
    expect(checks.map(({ code }) => code)).toEqual(['dns', 'port', 'tls']);
    expect(checks.map(({ state }) => state)).toEqual(states);
  });

  it.each([
    [[ok('a', ''), unknown('b', '')], 0],
    [[ok('a', ''), warning('b', '', '')], 1],
    [[fault('a', '', ''), warning('b', '', '')], 2],
  ] as const)('makes the exit code', (checks, code) => {
    expect(exitCodeOf(checks)).toBe(code);
  });
});
