// What somebody is told, as tables: nothing below its threshold, nothing twice, one alert for one cause.
import { describe, expect, it } from 'vitest';
import type { HealthReport } from '../../contract/health.ts';
import { tester } from '../fixtures/by.ts';
import { sampleReport } from '../fixtures/health.ts';
import { conclude } from '../fleet/conclude.ts';
import type { FleetFacts } from '../fleet/port.ts';
import { advance, clearAfterMs, type Known, outsideMaintenance, type Since } from './advance.ts';
import { concludeAlerts } from './conclude-alerts.ts';
import { AlertsConfig } from './config.ts';
import { gatherMs, groupFindings } from './group.ts';
import { judgeBox, judgeCentral, type Seen } from './rules.ts';
import { type Alert, type Finding, holdsAt, type Maintenance } from './words.ts';

const nowMs = 1_795_341_700_000;
const minuteMs = 60_000;
const { mail: _, ...thresholds } = AlertsConfig.parse(undefined);
const facts: FleetFacts = {
  ...{ id: 'leeds-1', site: 'leeds', release: '0.1.0', lastHeardMs: nowMs - 10_000, ended: null },
  ...{ journals: [], conditions: [] },
};
const well: HealthReport = {
  ...sampleReport,
  at: { ...sampleReport.at, wallMs: nowMs, central: { ms: nowMs, uncertaintyMs: 40 } },
  certificateEndsMs: nowMs + 60 * 86_400_000,
  conditions: [],
};
function seen(report: HealthReport | null, more: Partial<Seen> = {}, ageMs = 10_000): Seen {
  const heard = report && { report, heardMs: nowMs - ageMs };
  const known = { ...facts, lastHeardMs: nowMs - ageMs };
  const state = conclude({ facts: known, heard, connected: null }, nowMs);
  return { facts: known, state, heard, refusedReports: 0, ...more };
}
const found = (box: Seen) =>
  judgeBox(box, thresholds, nowMs).findings.map(
    ({ rule, level, severity }) => `${rule} ${level} ${severity}`,
  );

describe('the rules', () => {
  const machine = (diskFreeBytes: number) => ({
    machine: { ...well.machine, diskFreeBytes, diskTotalBytes: 100_000 },
  });
  const waiting = (minutes: number) => ({
    journal: { ...well.journal, oldestUnreceivedMs: minutes * minuteMs },
  });
  const exposed = (totalMinor: number) => ({ exposure: { ...well.exposure, totalMinor, limitMinor: 100 } });
  const off = (ms: number) => ({ at: { ...well.at, wallMs: nowMs + ms } });
  const ending = (days: number) => ({ certificateEndsMs: nowMs + days * 86_400_000 + 1000 });
  const store = (commitMsMax: number) => ({ store: { queueMax: 1, batchMax: 1, commitMsMax } });

  it.each<[string, Partial<HealthReport>, string[]]>([
    ['a box that is well', {}, []],
    ['entries that wait for a quarter of an hour', waiting(15), ['journal_backlog bad warning']],
    ['entries that wait for five minutes', waiting(5), ['journal_backlog fair warning']],
    ['entries that wait for a minute', waiting(1), []],
    ['exposure at its limit', exposed(100), ['exposure_high bad critical']],
    ['exposure at four fifths', exposed(80), ['exposure_high bad warning']],
    ['exposure a little below', exposed(75), ['exposure_high fair warning']],
    ['a certificate of thirteen days', ending(13), ['certificate_ending bad warning']],
    ['a certificate of a day', ending(1), ['certificate_ending bad critical']],
    ['a certificate of fourteen days', ending(14), ['certificate_ending fair warning']],
    ['a disk of which nine in a hundred are free', machine(9000), ['disk_low bad warning']],
    ['a disk of which eleven in a hundred are free', machine(11_000), ['disk_low fair warning']],
    ['a disk of which one in a hundred is free', machine(1000), ['disk_low bad critical']],
    [
      'a machine that does not say',
      { machine: { ...well.machine, diskFreeBytes: null, diskTotalBytes: null } },
      [],
    ],
    ['a commit of a second', store(1000), ['store_slow bad warning']],
    ['a clock that is two minutes behind', off(-120_000), ['clock_wrong bad warning']],
    ['a clock that is a second off', off(1000), []],
    [
      'a condition',
      { conditions: [{ code: 'journal_full', forMs: 5 }] },
      ['condition:journal_full bad warning'],
    ],
    ['a condition that is passed over', { conditions: [{ code: 'stock_low', forMs: 5 }] }, []],
  ])('find of %s what they should', (_name, change, rules) => {
    expect(found(seen({ ...well, ...change }))).toEqual(rules);
  });

  it('find a silent box by what its last words imply, and say no more of what it said', () => {
    const box = seen({ ...well, ...waiting(60), ...exposed(90) }, {}, 10 * minuteMs);
    const { findings, unknown } = judgeBox(box, thresholds, nowMs);
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([['silent', 'bad']]);
    expect(findings[0]?.words).toContain('exposure at least 0.90 GBP');
    expect(unknown).toBe(true);
    expect(found(seen(well, {}, 3 * minuteMs))).toEqual(['silent fair critical']);
  });

  it('find nothing of boxes that are retired or were never seen', () => {
    expect(found(seen(null, { state: { kind: 'never_seen' } }))).toEqual([]);
    expect(found(seen(well, { state: { kind: 'retired', how: 'revoked', sinceMs: 1 } }))).toEqual([]);
  });

  it('find reports that were not believed, a failed synthetic checkout, and what central itself lacks', () => {
    expect(found(seen(well, { refusedReports: 2 }))).toEqual(['reports_refused bad warning']);
    const hops = { durableMs: null, sentMs: null, receivedMs: null, bookedMs: null, appliedMs: null };
    const failed: NonNullable<HealthReport['synthetic']> = {
      ...{
        id: sampleReport.journal.journalId,
        by: 'schedule',
        atMs: 1,
        kind: 'failed',
        failure: 'not_received',
      },
      ...{ problem: null, verdict: null, reasons: [], hops },
    };
    const box = seen({ ...well, synthetic: failed, conditions: [{ code: 'synthetic_failing', forMs: 1 }] });
    expect(found(box)).toEqual(['synthetic_failed bad critical']);
    const crl = (code: 'crl_half_spent' | 'crl_expired') =>
      judgeCentral([{ code, about: 'ca', endMs: nowMs }]);
    expect(crl('crl_half_spent')).toMatchObject([
      { rule: 'authority:crl_half_spent', subject: 'central', severity: 'warning' },
    ]);
    expect(crl('crl_expired')).toMatchObject([{ severity: 'critical' }]);
  });
});

const finding = (id: string, site: string | null = 'leeds', change: Partial<Finding> = {}): Finding => ({
  ...{
    rule: 'silent',
    subject: `appliance ${id}`,
    site,
    members: [id],
    severity: 'critical',
    words: 'silent',
    level: 'bad',
  },
  ...change,
});
const boxes = (count: number, site: (i: number) => string | null) =>
  Array.from({ length: count }, (_, i) => finding(`box-${String(i).padStart(4, '0')}`, site(i)));
const nothingOpen = () => false;

describe('grouping', () => {
  it('makes one of a thousand boxes that fall silent at once, about central’s own link, with all that they are', () => {
    const [one, ...others] = groupFindings(
      boxes(1000, (i) => `site ${i % 50}`),
      1000,
      nothingOpen,
    );
    expect(others).toEqual([]);
    expect(one).toMatchObject({ rule: 'silent', subject: 'fleet', site: null, level: 'bad' });
    expect(one?.words).toContain("central's own link");
    expect(one?.members).toHaveLength(1000);
  });

  it('makes one of three boxes of a site, and leaves two of another alone', () => {
    const grouped = groupFindings(
      [...boxes(3, () => 'leeds'), finding('y-1', 'york'), finding('y-2', 'york')],
      1000,
      nothingOpen,
    );
    expect(grouped.map(({ subject }) => subject)).toEqual(['site leeds', 'appliance y-1', 'appliance y-2']);
    expect(
      groupFindings(
        boxes(5, () => null),
        1000,
        nothingOpen,
      ),
    ).toHaveLength(5);
  });

  it('keeps boxes together that were, so that their alert does not come and go', () => {
    const isOpen = (_: string, subject: string) => subject === 'site leeds' || subject === 'fleet';
    expect(groupFindings([finding('a')], 1000, isOpen).map(({ subject }) => subject)).toEqual(['site leeds']);
    expect(
      groupFindings(
        boxes(300, (i) => `s${i}`),
        1000,
        isOpen,
      ),
    ).toHaveLength(1);
    expect(
      groupFindings(
        boxes(300, (i) => `s${i}`),
        1000,
        nothingOpen,
      ),
    ).toHaveLength(300);
  });

  it('opens nothing for many that are not bad yet, and lets one that is wait for the others a little and not for ever', () => {
    const fair = boxes(20, () => 'leeds').map((one) => ({ ...one, level: 'fair' as const }));
    const levels = (findings: readonly Finding[]) =>
      groupFindings(findings, 20, nothingOpen).filter(({ level }) => level === 'bad');
    expect(levels(fair)).toEqual([]);
    const bad = (overMs: number) => ({ ...finding('x'), overMs });
    expect(levels([...fair, bad(gatherMs - 1)])).toEqual([]);
    expect(levels([...fair, bad(gatherMs)])).toMatchObject([{ subject: 'appliance x' }]);
    expect(levels([...fair, ...boxes(3, () => 'york')])).toMatchObject([{ subject: 'fleet' }]);
  });
});

const alert = (change: Partial<Alert> = {}): Alert => ({
  ...{
    number: 1,
    rule: 'silent',
    subject: 'appliance a',
    site: 'leeds',
    severity: 'critical',
    words: 'silent',
  },
  ...{ state: 'open', openedMs: nowMs, snoozedUntilMs: null, escalatedMs: null, clearedMs: null },
  ...{ members: ['a'], membersCount: 1 },
  ...change,
});
const window = (change: Partial<Maintenance> = {}): Maintenance => ({
  ...{
    number: 1,
    scope: { kind: 'all' },
    fromMs: nowMs - 1,
    untilMs: nowMs + 3_600_000,
    reason: 'x',
    by: tester,
    endedMs: null,
  },
  ...change,
});
const known = (change: Partial<Known>): Known => ({
  ...{
    open: [],
    findings: [],
    unknown: new Set(),
    windows: [],
    since: new Map(),
    escalateAfterMs: 30 * minuteMs,
  },
  ...{ nowMs, monotonicMs: 1_000_000 },
  ...change,
});
const look = (change: Partial<Known>) => concludeAlerts({ ...known(change), boxes: 100 });
const nothing = { opened: [], altered: [], escalated: [], cleared: [] };

describe('an alert', () => {
  it('opens when it was bad for as long as its rule says, and once', () => {
    const bad = [finding('a')];
    const first = look({ findings: bad });
    expect(first.changes).toEqual(nothing);
    const later = { findings: bad, since: first.since, monotonicMs: 1_000_000 + 2 * minuteMs };
    expect(look({ ...later, monotonicMs: later.monotonicMs - 1 }).changes).toEqual(nothing);
    expect(look(later).changes.opened).toMatchObject(bad);
    expect(look({ ...later, open: [alert()] }).changes).toEqual(nothing);
  });

  it('begins to wait anew when it was well between', () => {
    const bad = [finding('a')];
    const { since } = look({ findings: bad });
    const well = look({ since, monotonicMs: 1_060_000 });
    expect(look({ findings: bad, since: well.since, monotonicMs: 1_200_000 }).changes).toEqual(nothing);
  });

  it('opens although a neighbour comes and goes', () => {
    const pair = [finding('a'), finding('b')];
    let since: Since = new Map();
    const opened = Array.from({ length: 6 }, (_, n) => {
      const findings = n % 2 === 0 ? pair : [...pair, finding('c')];
      const said = look({ findings, since, monotonicMs: 1_000_000 + n * 30_000 });
      since = said.since;
      return said.changes.opened.map(({ subject }) => subject);
    });
    expect(opened.flat()).toEqual(['appliance a', 'appliance b']);
  });

  it('of a site that a window of maintenance now holds stands, and what is left of it opens nothing', () => {
    const trio = ['a', 'b', 'c'].map((id) => finding(id));
    const fleet = alert({ subject: 'fleet', site: null, members: ['a', 'b', 'c'], membersCount: 3 });
    const windows = [window()];
    const site = alert({ subject: 'site leeds', members: ['a', 'b', 'c'], membersCount: 3 });
    const since = new Map(trio.map(({ subject }) => [`bad silent ${subject}`, 0]));
    expect(look({ open: [site], findings: trio, windows, since }).changes.cleared).toEqual([]);
    expect(look({ open: [fleet], findings: trio, windows, since }).changes).toEqual(nothing);
    expect(look({ open: [fleet], findings: trio, since }).changes.opened).toHaveLength(1);
  });

  it('stays while it is no better than fair, and clears when it was good for a while', () => {
    const open = [alert()];
    const fair = [finding('a', 'leeds', { level: 'fair' })];
    const first = advance(known({ open, findings: fair }));
    expect(first.changes).toEqual(nothing);
    const good = advance(known({ open, since: first.since }));
    expect(good.changes).toEqual(nothing);
    const cleared = advance(known({ open, since: good.since, monotonicMs: 1_000_000 + clearAfterMs }));
    expect(cleared.changes.cleared).toEqual([{ number: 1, note: 'it is well again' }]);
  });

  it('of a box that says nothing stands, whatever was wrong: nobody knows better', () => {
    const open = [alert({ rule: 'disk_low' })];
    const since = new Map([['good disk_low appliance a', 0]]);
    expect(advance(known({ open, since, unknown: new Set(['a']) })).changes).toEqual(nothing);
    expect(advance(known({ open, since })).changes.cleared).toHaveLength(1);
  });

  it('of a box ends when the site has one that the box is part of', () => {
    const group = finding('', 'leeds', { subject: 'site leeds', members: ['a', 'b', 'c'] });
    const { changes } = advance(known({ open: [alert()], findings: [group] }));
    expect(changes.cleared).toEqual([{ number: 1, note: 'it is part of what is wrong with site leeds' }]);
  });

  it('says what is so now', () => {
    const worse = finding('a', 'leeds', { words: 'more' });
    expect(advance(known({ open: [alert()], findings: [worse] })).changes.altered).toEqual([
      { number: 1, finding: worse },
    ]);
    const [before, now] = [
      ['a', 'b', 'c'],
      ['a', 'b', 'd'],
    ];
    const site = { subject: 'site leeds', words: 'silent', severity: 'critical' as const };
    const open = [alert({ ...site, members: before, membersCount: 3 })];
    const others = finding('', 'leeds', { ...site, members: now });
    expect(advance(known({ open, findings: [others] })).changes.altered).toHaveLength(1);
  });

  it.each<[string, Partial<Alert>, Partial<Known>, boolean]>([
    ['that nobody took up', {}, {}, true],
    ['that was opened just now', { openedMs: nowMs - minuteMs }, {}, false],
    ['that somebody took up', { state: 'acknowledged' }, {}, false],
    ['that was escalated', { escalatedMs: nowMs - 1 }, {}, false],
    ['that is put off', { snoozedUntilMs: nowMs + 1 }, {}, false],
    ['that was put off until just now', { snoozedUntilMs: nowMs - minuteMs }, {}, false],
    ['that was put off until half an hour ago', { snoozedUntilMs: nowMs - 30 * minuteMs }, {}, true],
    ['under maintenance', {}, { windows: [window()] }, false],
    [
      'under maintenance of another site',
      {},
      { windows: [window({ scope: { kind: 'site', site: 'york' } })] },
      true,
    ],
  ])('%s is escalated or not', (_name, change, more, escalated) => {
    const open = [alert({ openedMs: nowMs - 30 * minuteMs, ...change })];
    expect(advance(known({ open, findings: [finding('a')], ...more })).changes.escalated).toHaveLength(
      escalated ? 1 : 0,
    );
  });
});

describe('maintenance', () => {
  it.each<[string, Partial<Maintenance>, boolean]>([
    ['everything', {}, true],
    ['its site', { scope: { kind: 'site', site: 'leeds' } }, true],
    ['itself', { scope: { kind: 'appliance', applianceId: 'a' } }, true],
    ['another box', { scope: { kind: 'appliance', applianceId: 'b' } }, false],
    ['everything, later', { fromMs: nowMs + 1 }, false],
    ['everything, ended early', { endedMs: nowMs }, false],
    ['everything, until now', { untilMs: nowMs }, false],
  ])('of %s keeps an alert of a box from opening, or not', (_name, change, keeps) => {
    const findings = [finding('a')];
    expect(outsideMaintenance(findings, [window(change)], nowMs, nothingOpen)).toEqual(keeps ? [] : findings);
    // One that is open is not forgotten.
    expect(outsideMaintenance(findings, [window(change)], nowMs, () => true)).toEqual(findings);
  });

  it('holds from its beginning until before its end', () => {
    expect([nowMs - 2, nowMs - 1, nowMs + 3_600_000].map((ms) => holdsAt(window(), ms))).toEqual([
      false,
      true,
      false,
    ]);
  });
});
