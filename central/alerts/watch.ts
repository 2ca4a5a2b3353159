// Looks at the fleet at its own pace, and writes down what somebody should know. Pieces of the fleet are read one after the other, so
// that the ledger has its turn between them.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { AuthorityCondition } from '../enrolment/authority-state.ts';
import { type ApplianceState, conclude } from '../fleet/conclude.ts';
import type { FleetCalls, HeardReport, Reports } from '../fleet/port.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { Since } from './advance.ts';
import { concludeAlerts } from './conclude-alerts.ts';
import type { AlertsConfig } from './config.ts';
import { judgeBox, judgeCentral } from './rules.ts';
import type { Alert, Finding } from './words.ts';

/** What a look saw, for whoever counts. */
export interface FleetSummary {
  /** Boxes by the state that is concluded of them: every state there is. */
  states: Record<ApplianceState['kind'], number>;
  alerts: readonly Pick<Alert, 'severity' | 'state'>[];
  unreceived: number;
  /** Minor units by currency. */
  exposure: ReadonlyMap<string, number>;
  lookedMs: number;
}

export interface AlertWatch {
  /** Of the last look; null before the first. */
  summary(): FleetSummary | null;
  /** One look, at once. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export const lookEveryMs = 30_000;
/** Soon after the start, for whoever counts: nothing is told before it held for a while. */
const firstLookMs = 3000;
const pageBoxes = 250;
/** One a box and rule would be more than anybody reads. */
const alertsMax = 5000;
const windowsMax = 500;

type Store = Pick<LedgerPort, 'fleet' | 'standingAlerts' | 'changeAlerts' | 'maintenance'>;

export interface AlertWatchParts {
  store: Store;
  config: AlertsConfig;
  reports: Reports;
  connected(applianceId: string): boolean | null;
  /** Frames of health that were dropped since the start, of each appliance. */
  refusedReports(): ReadonlyMap<string, number>;
  authority(): Promise<readonly AuthorityCondition[]>;
  /** Alerts changed: whoever looks at them is told. */
  onChanged?: () => void;
  clock: Clock;
  log: Log;
}

export function startAlertWatch(parts: AlertWatchParts): AlertWatch {
  const { store, config, clock, log } = parts;
  const { mail, ...thresholds } = config;
  let summary: FleetSummary | null = null;
  const state = { stopped: false, cancel: () => {}, looking: Promise.resolve(), since: new Map() as Since };
  let refusedBefore: ReadonlyMap<string, number> = new Map(parts.refusedReports());

  async function judgeFleet() {
    const refused = new Map(parts.refusedReports());
    const nowMs = clock.wallMs();
    const findings: Finding[] = [];
    const unknown = new Set<string>();
    let boxes = 0;
    const seen = emptySummary(nowMs);
    type FleetPage = ReturnType<FleetCalls['fleet']>;
    for (let after: string | null = null, more = true; more && !state.stopped; ) {
      const page: FleetPage = await store.fleet({ after, limit: pageBoxes });
      for (const facts of page.items) {
        const heard = parts.reports.of(facts.id);
        const known = conclude({ facts, heard, connected: parts.connected(facts.id) }, nowMs);
        const refusedReports = (refused.get(facts.id) ?? 0) - (refusedBefore.get(facts.id) ?? 0);
        const judged = judgeBox({ facts, state: known, heard, refusedReports }, thresholds, nowMs);
        findings.push(...judged.findings);
        if (judged.unknown) unknown.add(facts.id);
        addBox(seen, known, heard);
        if (known.kind !== 'retired' && known.kind !== 'never_seen') boxes++;
      }
      after = page.nextCursor;
      more = after !== null;
    }
    refusedBefore = refused;
    return { findings, unknown, boxes, seen };
  }

  async function look(): Promise<void> {
    const { findings, unknown, boxes, seen } = await judgeFleet();
    if (state.stopped) return;
    const nowMs = clock.wallMs();
    const open = await store.standingAlerts(alertsMax);
    summary = { ...seen, alerts: open };
    const windows = await store.maintenance({ holdingMs: nowMs, limit: windowsMax });
    const all = [...findings, ...judgeCentral(await parts.authority())];
    const monotonicMs = clock.monotonicMs();
    const { changes, since } = concludeAlerts({
      ...{ open, findings: all, boxes, unknown, windows, nowMs, monotonicMs, since: state.since },
      escalateAfterMs: config.escalateAfterMinutes * 60_000,
    });
    state.since = since;
    const room = alertsMax - open.length + changes.cleared.length;
    if (changes.opened.length > room) {
      log.error({ alerts: changes.opened.length - room }, 'there are too many alerts; some are not opened');
      changes.opened.splice(room);
    }
    if (Object.values(changes).every(({ length }) => length === 0)) return;
    await store.changeAlerts({ ...changes, mails: mail !== undefined, nowMs });
    parts.onChanged?.();
    for (const { rule, subject, words, severity } of changes.opened) {
      log.warn({ rule, subject, severity }, `alert: ${words}`);
    }
  }

  const round = async () => {
    try {
      await look();
    } catch (error) {
      // The disk may be full for a while: the next look finds the same.
      log.warn({ error: (error as Error).message }, 'alerts wait');
    }
    plan();
  };
  const plan = (delayMs = lookEveryMs) => {
    if (state.stopped) return;
    state.cancel = clock.after(delayMs, () => {
      state.looking = round();
    });
  };
  plan(firstLookMs);
  return {
    look,
    summary: () => summary,
    async stop() {
      state.stopped = true;
      state.cancel();
      await state.looking;
    },
  };
}

function emptySummary(lookedMs: number) {
  const states: FleetSummary['states'] = {
    ...{
      retired: 0,
      never_seen: 0,
      silent: 0,
      selling_offline: 0,
      degraded: 0,
      selling_online: 0,
      not_reporting: 0,
    },
  };
  return { states, unreceived: 0, exposure: new Map<string, number>(), lookedMs };
}

/** A box that is no longer let in owes nothing by what it once said. */
function addBox(
  seen: ReturnType<typeof emptySummary>,
  known: ApplianceState,
  heard: HeardReport | null,
): void {
  seen.states[known.kind]++;
  if (heard === null || known.kind === 'retired') return;
  const { journal, exposure } = heard.report;
  seen.unreceived += Math.max(0, journal.lastSeq - journal.receivedThrough);
  if (exposure.currency === null) return;
  seen.exposure.set(exposure.currency, (seen.exposure.get(exposure.currency) ?? 0) + exposure.totalMinor);
}
