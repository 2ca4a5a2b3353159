// The rules: what of a box, or of central itself, somebody should know. Pure. Each opens at one value and clears at a better one, so
// that what lies between the two changes nothing.
import type { AuthorityCondition } from '../enrolment/authority-state.ts';
import type { ApplianceState } from '../fleet/conclude.ts';
import type { FleetFacts, HeardReport } from '../fleet/port.ts';
import { silentAfterMs } from '../fleet/silence.ts';
import { moneyWords } from '../money-words.ts';
import type { AlertsConfig } from './config.ts';
import type { Finding, Severity } from './words.ts';

/** What is known of one box. */
export interface Seen {
  facts: FleetFacts;
  state: ApplianceState;
  heard: HeardReport | null;
  /** Frames of health that were not believed since the look before. */
  refusedReports: number;
}

export interface Judged {
  findings: Finding[];
  /** It says nothing now: what was found by its reports before stands, for nobody knows better. */
  unknown: boolean;
}

export type Thresholds = Omit<AlertsConfig, 'mail'>;

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How much better than what opens an alert is good. */
const fairShare = 0.9;

/** By the rule's name: the time for which it must be so before somebody is told, and what the rule looks at. */
export const rules = {
  silent: { holdsMs: 2 * minuteMs, words: 'nothing was heard of a box' },
  journal_backlog: { holdsMs: 0, words: 'entries wait although the box is heard' },
  exposure_high: { holdsMs: 0, words: 'money approved offline comes near its limit' },
  certificate_ending: { holdsMs: 0, words: "a box's certificate ends, and it did not renew it" },
  disk_low: { holdsMs: minuteMs, words: "a box's disk fills" },
  store_slow: { holdsMs: 3 * minuteMs, words: "commits of a box's store take long" },
  clock_wrong: { holdsMs: 3 * minuteMs, words: "a box's clock is off" },
  condition: { holdsMs: minuteMs, words: 'a box, or central about it, names a condition' },
  reports_refused: { holdsMs: 2 * minuteMs, words: 'what a box says of itself is not believed' },
  synthetic_failed: { holdsMs: 0, words: 'a synthetic checkout failed' },
  authority: { holdsMs: 0, words: 'a certificate or a list of revoked ones runs out' },
} as const satisfies Record<string, { holdsMs: number; words: string }>;
export type RuleName = keyof typeof rules;

/** `condition:stock_low` is of the rule `condition`. */
export function ruleNamed(rule: string): (typeof rules)[RuleName] | null {
  const [name = ''] = rule.split(':');
  return name in rules ? rules[name as RuleName] : null;
}

export function judgeBox(seen: Seen, thresholds: Thresholds, nowMs: number): Judged {
  const { facts, state, heard } = seen;
  if (state.kind === 'retired' || state.kind === 'never_seen') return { findings: [], unknown: false };
  const find = (
    rule: string,
    level: Finding['level'] | null,
    severity: Severity,
    words: string,
  ): Finding[] =>
    level === null
      ? []
      : [
          {
            rule,
            subject: `appliance ${facts.id}`,
            site: facts.site,
            members: [facts.id],
            severity,
            words,
            level,
          },
        ];
  const fresh = heard !== null && nowMs - heard.heardMs <= silentAfterMs ? heard.report : null;
  const findings = [
    ...silent(seen, thresholds, nowMs, find),
    ...certificate(heard, thresholds, nowMs, find),
    ...find(
      'reports_refused',
      seen.refusedReports > 0 ? 'bad' : null,
      'warning',
      `${seen.refusedReports} of its reports were not believed`,
    ),
    ...conditions(seen, thresholds, find),
    ...(fresh === null ? [] : byReport(fresh, thresholds, find)),
  ];
  return { findings, unknown: fresh === null };
}

type Find = (rule: string, level: Finding['level'] | null, severity: Severity, words: string) => Finding[];

function silent({ state }: Seen, { silentMinutes }: Thresholds, nowMs: number, find: Find): Finding[] {
  if (state.kind !== 'silent') return [];
  const { unreceivedAtLeast, exposure } = state;
  const money = exposure?.currency
    ? `, exposure at least ${moneyWords(exposure.totalMinor, exposure.currency)}`
    : '';
  const words = `nothing heard; unreceived at least ${unreceivedAtLeast}${money}`;
  return find(
    'silent',
    nowMs - state.sinceMs >= silentMinutes * minuteMs ? 'bad' : 'fair',
    'critical',
    words,
  );
}

function certificate(
  heard: HeardReport | null,
  { certificateDays }: Thresholds,
  nowMs: number,
  find: Find,
): Finding[] {
  const endsMs = heard?.report.certificateEndsMs ?? null;
  if (endsMs === null) return [];
  const days = Math.floor((endsMs - nowMs) / dayMs);
  const level = days < certificateDays ? 'bad' : days < certificateDays + 1 ? 'fair' : null;
  const words = days < 0 ? 'its certificate has ended' : `its certificate ends in ${days} days`;
  return find('certificate_ending', level, days < 3 ? 'critical' : 'warning', words);
}

/** A condition that a rule of its own tells of. */
const toldByRule = 'synthetic_failing';

function conditions({ state }: Seen, { conditionsPassedOver }: Thresholds, find: Find): Finding[] {
  if (!('conditions' in state)) return [];
  return state.conditions
    .filter(({ code }) => code !== toldByRule && !conditionsPassedOver.includes(code))
    .flatMap(({ code }) =>
      find(
        `condition:${code}`,
        'bad',
        state.kind === 'selling_offline' ? 'critical' : 'warning',
        `it names ${code}`,
      ),
    );
}

function byReport(report: HeardReport['report'], limits: Thresholds, find: Find): Finding[] {
  const { journal, exposure, machine, at, store, synthetic } = report;
  const waits = journal.oldestUnreceivedMs ?? 0;
  const share = exposure.limitMinor ? (100 * exposure.totalMinor) / exposure.limitMinor : 0;
  const { diskFreeBytes: free, diskTotalBytes: total } = machine;
  const freePercent = free !== null && total ? (100 * free) / total : 100;
  const offMs = at.central ? Math.abs(at.wallMs - at.central.ms) : 0;
  const commitMs = store?.commitMsMax ?? 0;
  return [
    ...find(
      'journal_backlog',
      above(waits, limits.backlogMinutes * minuteMs, 0.3),
      'warning',
      `its oldest unreceived entry is ${Math.floor(waits / minuteMs)} minutes old; ${journal.lastSeq - journal.receivedThrough} wait`,
    ),
    ...find(
      'exposure_high',
      above(share, limits.exposurePercent),
      share >= 100 ? 'critical' : 'warning',
      `exposure is ${Math.floor(share)} % of its limit`,
    ),
    ...find(
      'disk_low',
      above(100 - freePercent, 100 - limits.diskFreePercent, 0.98),
      freePercent < 2 ? 'critical' : 'warning',
      `${freePercent.toFixed(1)} % of its disk is free`,
    ),
    ...find(
      'synthetic_failed',
      synthetic?.kind === 'failed' ? 'bad' : null,
      'critical',
      `its synthetic checkout failed: ${synthetic?.failure}`,
    ),
    ...find('store_slow', above(commitMs, limits.commitMs, 0.5), 'warning', `a commit took ${commitMs} ms`),
    ...find(
      'clock_wrong',
      above(offMs, limits.clockSeconds * 1000),
      'warning',
      `its clock is off by ${Math.round(offMs / 1000)} seconds`,
    ),
  ];
}

function above(value: number, bad: number, fair = fairShare): Finding['level'] | null {
  return value >= bad ? 'bad' : value >= bad * fair ? 'fair' : null;
}

/** Of central itself. */
export function judgeCentral(authority: readonly AuthorityCondition[]): Finding[] {
  const worst = new Map<string, Finding>();
  for (const { code, about, endMs } of authority) {
    const severity = code.endsWith('expired') ? 'critical' : 'warning';
    const words = `${code} of ${about}: ${new Date(endMs).toISOString().slice(0, 16)}Z`;
    const finding: Finding = {
      ...{
        rule: `authority:${code}`,
        subject: 'central',
        site: null,
        members: [],
        severity,
        words,
        level: 'bad',
      },
    };
    worst.set(finding.rule, finding);
  }
  return [...worst.values()];
}
