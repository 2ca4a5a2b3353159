// Whatever boxes do, and whoever acknowledges, puts off or maintains meanwhile: one open alert of a cause at most, none that is
// lost, none that comes back without a time in which it was well, and nothing new under maintenance.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tester } from '../fixtures/by.ts';
import { type AlertChanges, clearAfterMs, type Since } from './advance.ts';
import { concludeAlerts } from './conclude-alerts.ts';
import { gatherMs } from './group.ts';
import { rules } from './rules.ts';
import { type Alert, alertKey, type Finding, type Maintenance, membersShownMax } from './words.ts';

const lookMs = 30_000;
const boxes = Array.from({ length: 12 }, (_, n) => ({
  id: `box-${String(n).padStart(2, '0')}`,
  site: n < 5 ? 'leeds' : n < 8 ? 'york' : null,
}));
const ruleNames = ['silent', 'exposure_high'] as const;
type Level = 'bad' | 'fair' | 'good';

type Op =
  | { kind: 'box'; box: number; rule: 0 | 1; level: Level }
  | { kind: 'all'; rule: 0 | 1; level: Level }
  | { kind: 'acknowledge' | 'snooze'; which: number }
  | { kind: 'maintain'; scope: 0 | 1 | 2; minutes: number }
  | { kind: 'restart' }
  | { kind: 'look'; times: number };

const level = fc.constantFrom<Level>('bad', 'fair', 'good');
const rule = fc.constantFrom<0 | 1>(0, 1);
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('box' as const), box: fc.nat(11), rule, level }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('all' as const), rule, level }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('acknowledge' as const, 'snooze' as const),
      which: fc.nat(9),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ kind: fc.constant('maintain' as const), scope: fc.constantFrom<0 | 1 | 2>(0, 1, 2) },
      minutes: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('look' as const), times: fc.integer({ min: 1, max: 8 }) }),
  },
);

/** The store's table of alerts, as far as it decides (sqlite/alerts.ts). */
function createTable() {
  const all: Alert[] = [];
  const standing = () => all.filter(({ state }) => state !== 'cleared');
  const written = ({ severity, words, members }: Finding) => ({
    ...{ severity, words, members: members.slice(0, membersShownMax), membersCount: members.length },
  });
  return {
    all,
    standing,
    change({ opened, altered, escalated, cleared }: AlertChanges, nowMs: number) {
      const of = (number: number) => all[number - 1] ?? expect.fail(`no alert ${number}`);
      for (const { number } of cleared) Object.assign(of(number), { state: 'cleared', clearedMs: nowMs });
      for (const finding of opened) {
        const { rule: name, subject, site } = finding;
        all.push({
          ...{ number: all.length + 1, rule: name, subject, site, state: 'open', openedMs: nowMs },
          ...{ snoozedUntilMs: null, escalatedMs: null, clearedMs: null, ...written(finding) },
        });
      }
      for (const { number, finding } of altered) Object.assign(of(number), written(finding));
      for (const { number } of escalated) Object.assign(of(number), { escalatedMs: nowMs });
    },
  };
}

function live(ops: readonly Op[]): void {
  const table = createTable();
  const levels = new Map<string, Level>();
  /** Since which look each was bad without a break, or not bad. */
  const badSince = new Map<string, number>();
  const notGoodMs = new Map<string, number>();
  let windows: Maintenance[] = [];
  let since: Since = new Map();
  let nowMs = 1_795_000_000_000;
  let startedMs = nowMs;

  const covered = ({ site, members }: Pick<Finding, 'site' | 'members'>) =>
    windows.some(({ scope }) => {
      if (scope.kind === 'all') return true;
      return scope.kind === 'site'
        ? scope.site === site
        : members.length === 1 && members[0] === scope.applianceId;
    });

  function look(): void {
    nowMs += lookMs;
    windows = windows.filter(({ untilMs }) => nowMs < untilMs);
    const findings: Finding[] = [];
    for (const name of ruleNames) {
      for (const { id, site } of boxes) {
        const key = `${name} ${id}`;
        const now = levels.get(key) ?? 'good';
        if (now !== 'good') {
          const subject = `appliance ${id}`;
          findings.push({
            rule: name,
            subject,
            site,
            members: [id],
            severity: 'warning',
            words: 'x',
            level: now,
          });
          notGoodMs.set(key, nowMs);
        }
        const single = { site, members: [id] };
        if (now === 'bad' && !covered(single)) badSince.set(key, badSince.get(key) ?? nowMs);
        else badSince.delete(key);
      }
    }
    const before = table.standing().map((alert) => ({ ...alert }));
    const known = { open: before, findings, boxes: boxes.length, unknown: new Set<string>(), windows, since };
    const concluded = concludeAlerts({ ...known, escalateAfterMs: 1_800_000, nowMs, monotonicMs: nowMs });
    since = concluded.since;
    judge(concluded.changes, before);
    table.change(concluded.changes, nowMs);
    judgeStanding();
  }

  function judge({ opened, cleared, escalated }: AlertChanges, before: readonly Alert[]): void {
    const keys = new Set(before.map(alertKey));
    for (const finding of opened) {
      expect(keys.has(alertKey(finding)), `${alertKey(finding)} is open twice`).toBe(false);
      expect(covered(finding), `${alertKey(finding)} opened under maintenance`).toBe(false);
      const isBad = (id: string) => levels.get(`${finding.rule} ${id}`) === 'bad';
      expect(finding.members.some(isBad), 'nothing is bad').toBe(true);
    }
    for (const { number, note } of cleared) {
      const alert = before.find((one) => one.number === number) ?? expect.fail('it did not stand');
      if (note !== 'it is well again') continue;
      // A group may end while some of its boxes have alerts of their own: those of one box must have been well.
      if (alert.members.length > 1) continue;
      const [id = ''] = alert.members;
      expect(nowMs - (notGoodMs.get(`${alert.rule} ${id}`) ?? 0), 'well for a while').toBeGreaterThan(
        clearAfterMs,
      );
    }
    for (const { number } of escalated) {
      const alert = before.find((one) => one.number === number);
      expect(alert).toMatchObject({ state: 'open', escalatedMs: null });
      expect(alert?.snoozedUntilMs ?? 0).toBeLessThanOrEqual(nowMs);
    }
  }

  function judgeStanding(): void {
    const standing = table.standing();
    expect(new Set(standing.map(alertKey)).size).toBe(standing.length);
    for (const [key, fromMs] of badSince) {
      const [name = '', id = ''] = key.split(' ');
      const holds = rules[name as (typeof ruleNames)[number]].holdsMs;
      if (nowMs - Math.max(fromMs, startedMs + lookMs) < holds + gatherMs) continue;
      const told = standing.some((alert) => alert.rule === name && alert.members.includes(id));
      expect(told, `${key} is bad and nobody was told`).toBe(true);
    }
  }

  for (const one of ops) {
    const standing = table.standing();
    switch (one.kind) {
      case 'box':
        levels.set(`${ruleNames[one.rule]} ${boxes[one.box]?.id}`, one.level);
        break;
      case 'all':
        for (const { id } of boxes) levels.set(`${ruleNames[one.rule]} ${id}`, one.level);
        break;
      case 'acknowledge': {
        const alert = standing[one.which % Math.max(1, standing.length)];
        if (alert?.state === 'open') alert.state = 'acknowledged';
        break;
      }
      case 'snooze': {
        const alert = standing[one.which % Math.max(1, standing.length)];
        if (alert) Object.assign(alert, { snoozedUntilMs: nowMs + 600_000, escalatedMs: null });
        break;
      }
      case 'maintain': {
        const scopes = [
          { kind: 'all' },
          { kind: 'site', site: 'leeds' },
          { kind: 'appliance', applianceId: 'box-06' },
        ];
        const untilMs = nowMs + one.minutes * 60_000;
        const scope = scopes[one.scope] as Maintenance['scope'];
        windows.push({ number: 1, scope, fromMs: nowMs, untilMs, reason: 'x', by: tester, endedMs: null });
        break;
      }
      case 'restart':
        since = new Map();
        startedMs = nowMs;
        break;
      default:
        for (let n = 0; n < one.times; n++) look();
    }
  }
}

it('holds for any doings of boxes and people', () => {
  fc.assert(fc.property(fc.array(op, { minLength: 5, maxLength: 60 }), live), { numRuns: 400 });
});
