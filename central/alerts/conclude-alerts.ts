// One look: from what is found of every box to what changes. Pure.
import { type AlertChanges, advance, type Known, outsideMaintenance, type Since } from './advance.ts';
import { groupFindings } from './group.ts';
import { ripen } from './ripen.ts';
import { alertKey, type Finding } from './words.ts';

/** @param known its findings are as the rules have them, of each box by itself; `boxes` counts those in use */
export function concludeAlerts(known: Known & { boxes: number }): { changes: AlertChanges; since: Since } {
  const { open, boxes, windows, since, nowMs, monotonicMs } = known;
  const keys = new Set(open.map(alertKey));
  const isOpen = (rule: string, subject: string) => keys.has(alertKey({ rule, subject }));
  const openOne = (finding: Finding) => keys.has(alertKey(finding));
  const toldOf = membersByRule(known);
  const isTold = (finding: Finding) =>
    openOne(finding) || finding.members.some((id) => toldOf.get(finding.rule)?.has(id));

  const counted = outsideMaintenance(known.findings, windows, nowMs, isTold);
  const ripe = ripen(counted, since, monotonicMs);
  const grouped = groupFindings(ripe.findings, boxes, isOpen);
  // What a group that ends leaves behind opens nothing either.
  const findings = outsideMaintenance(grouped, windows, nowMs, openOne);
  const advanced = advance({ ...known, findings });
  return { changes: advanced.changes, since: new Map([...ripe.since, ...advanced.since]) };
}

function membersByRule({ open }: Pick<Known, 'open'>): ReadonlyMap<string, ReadonlySet<string>> {
  const byRule = Map.groupBy(open, ({ rule }) => rule);
  return new Map(
    [...byRule].map(([rule, alerts]) => [rule, new Set(alerts.flatMap(({ members }) => members))]),
  );
}
