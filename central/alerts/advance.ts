// From what a look found to what changes: alerts that open, escalate and clear. Pure: what must have held for a while is remembered
// in `since`, by a clock that nobody sets.
import { type Alert, alertKey, type Finding, holdsAt, type Maintenance } from './words.ts';

/** It must have been good for so long. */
export const clearAfterMs = 2 * 60_000;

/** By `alertKey`, since when it is bad, or good (and open). By the monotonic clock. */
export type Since = ReadonlyMap<string, number>;

export interface Known {
  open: readonly Alert[];
  /** What is bad is so for long enough (ripen.ts). */
  findings: readonly Finding[];
  /** Boxes that say nothing: what is open of them stands. */
  unknown: ReadonlySet<string>;
  windows: readonly Maintenance[];
  since: Since;
  escalateAfterMs: number;
  nowMs: number;
  monotonicMs: number;
}

export interface AlertChanges {
  opened: Finding[];
  /** What is so now of one that is open. */
  altered: { number: number; finding: Finding }[];
  escalated: { number: number; note: string }[];
  cleared: { number: number; note: string }[];
}

export function advance(known: Known): { changes: AlertChanges; since: Since } {
  const { open, monotonicMs } = known;
  const findings = new Map(known.findings.map((finding) => [alertKey(finding), finding]));
  const openKeys = new Set(open.map(alertKey));
  const since = new Map<string, number>();
  const held = (key: string) => {
    const fromMs = known.since.get(key) ?? monotonicMs;
    since.set(key, fromMs);
    return monotonicMs - fromMs;
  };
  const changes: AlertChanges = { opened: [], altered: [], escalated: [], cleared: [] };

  for (const [key, finding] of findings) {
    if (finding.level === 'bad' && !openKeys.has(key)) changes.opened.push(finding);
  }
  for (const alert of open) {
    const { number } = alert;
    const finding = findings.get(alertKey(alert));
    if (finding === undefined) {
      const note = whyCleared(alert, known, () => held(`good ${alertKey(alert)}`));
      if (note !== null) changes.cleared.push({ number, note });
      continue;
    }
    if (differs(alert, finding)) changes.altered.push({ number, finding });
    if (isDue(alert, known)) changes.escalated.push({ number, note: 'nobody acknowledged it' });
  }
  return { changes, since };
}

/** @param goodMs for how long nothing was found any more. Null: it stands */
function whyCleared(alert: Alert, known: Known, goodMs: () => number): string | null {
  const group = groupOf(alert, known.findings);
  if (group !== null) return `it is part of what is wrong with ${group}`;
  return !standsUnknown(alert, known) && goodMs() >= clearAfterMs ? 'it is well again' : null;
}

/**
 * Leaves out what lies under a window of maintenance, unless it is told of already: nothing opens, nothing is forgotten.
 * @param isTold whether an alert of it is open, or one that its box is part of
 */
export function outsideMaintenance(
  findings: readonly Finding[],
  windows: readonly Maintenance[],
  nowMs: number,
  isTold: (finding: Finding) => boolean,
): Finding[] {
  const holding = windows.filter((window) => holdsAt(window, nowMs));
  return findings.filter((finding) => isTold(finding) || !holding.some((window) => covers(window, finding)));
}

function covers(
  { scope }: Maintenance,
  { site, members, subject }: Pick<Finding, 'site' | 'members' | 'subject'>,
): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'site':
      return site === scope.site;
    case 'appliance':
      return (
        subject === `appliance ${scope.applianceId}` ||
        (members.length === 1 && members[0] === scope.applianceId)
      );
  }
}

/** The site or fleet whose alert has taken its box in. */
function groupOf({ rule, subject, members }: Alert, findings: readonly Finding[]): string | null {
  const group = findings.find(
    (one) =>
      one.rule === rule &&
      one.subject !== subject &&
      one.members.length > 1 &&
      members.every((id) => one.members.includes(id)),
  );
  return group && members.length > 0 ? group.subject : null;
}

/** Rules that need no report of the box. */
const needNoReport = new Set(['silent', 'certificate_ending', 'reports_refused']);

function standsUnknown({ rule, members, membersCount }: Alert, { unknown }: Known): boolean {
  if (needNoReport.has(rule) || membersCount === 0) return false;
  return members.some((id) => unknown.has(id));
}

function differs(alert: Alert, { severity, words, members }: Finding): boolean {
  return (
    alert.severity !== severity ||
    alert.words !== words ||
    alert.membersCount !== members.length ||
    alert.members.some((id, i) => id !== members[i])
  );
}

function isDue(alert: Alert, { nowMs, escalateAfterMs, windows }: Known): boolean {
  if (alert.state !== 'open' || alert.escalatedMs !== null) return false;
  const fromMs = Math.max(alert.openedMs, alert.snoozedUntilMs ?? 0);
  if (nowMs - fromMs < escalateAfterMs) return false;
  return !windows.some((window) => holdsAt(window, nowMs) && covers(window, alert));
}
