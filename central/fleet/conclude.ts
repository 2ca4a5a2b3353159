// What can be said of a box, by what it was last heard to say: never more than is known. Pure.
import type { HealthReport } from '../../contract/health.ts';
import type { FleetFacts, FoundCondition, HeardReport } from './port.ts';
import { patienceMs, silentAfterMs } from './silence.ts';

export type ApplianceState =
  /** No longer let in. */
  | { kind: 'retired'; how: NonNullable<FleetFacts['ended']>['how']; sinceMs: number }
  | { kind: 'never_seen' }
  /** Nothing was heard since; what follows from its last words. */
  | { kind: 'silent'; sinceMs: number; unreceivedAtLeast: number; exposure: HealthReport['exposure'] | null }
  /** It speaks, and central takes no entry of it: it sells by its offline limits. */
  | { kind: 'selling_offline'; sinceMs: number; conditions: FoundCondition[] }
  /** It sells, and says itself or was found to have something that a person should look at. */
  | { kind: 'degraded'; conditions: FoundCondition[] }
  | { kind: 'selling_online' }
  /** It is heard, and says nothing of itself: its release is older. */
  | { kind: 'not_reporting' };

/** Central refuses its entries under these. */
const offlineBy: ReadonlySet<string> = new Set(['history_diverged']);

export interface Known {
  facts: FleetFacts;
  heard: HeardReport | null;
  /** Its connection stands at this moment; null: the broker is another's and has not said. */
  connected: boolean | null;
}

export function conclude({ facts, heard, connected }: Known, nowMs: number): ApplianceState {
  if (facts.ended) return { kind: 'retired', ...facts.ended };
  const lastMs = lastProofMs({ facts, heard });
  if (lastMs === null) return { kind: 'never_seen' };
  if (nowMs - lastMs > patienceMs(connected)) return silent(facts, heard, lastMs);
  const conditions = namedOf(facts, heard);
  const offline = conditions.filter(({ code }) => offlineBy.has(code)).map(({ sinceMs }) => sinceMs);
  if (offline.length > 0) return { kind: 'selling_offline', sinceMs: Math.min(...offline), conditions };
  const fresh = heard !== null && nowMs - heard.heardMs <= silentAfterMs;
  if (conditions.length > 0) return { kind: 'degraded', conditions };
  return { kind: fresh ? 'selling_online' : 'not_reporting' };
}

/** When it was last heard, by whatever; null: never. */
export function lastProofMs({ facts, heard }: Pick<Known, 'facts' | 'heard'>): number | null {
  const times = [facts.lastHeardMs, heard?.heardMs ?? null].filter((ms) => ms !== null);
  return times.length === 0 ? null : Math.max(...times);
}

function silent({ journals }: FleetFacts, heard: HeardReport | null, sinceMs: number): ApplianceState {
  const said = heard?.report.journal;
  // Against what central has by now, which is often more than the box had heard of when it spoke.
  const unreceived = journals.map(({ journalId, receivedThrough, lastSeq }) => {
    const known = said?.journalId === journalId ? Math.max(lastSeq, said.lastSeq) : lastSeq;
    return Math.max(0, known - receivedThrough);
  });
  const unreceivedAtLeast = unreceived.reduce((sum, each) => sum + each, 0);
  return { kind: 'silent', sinceMs, unreceivedAtLeast, exposure: heard?.report.exposure ?? null };
}

/** Central's own findings first; what the box says, by the time central heard it. */
function namedOf(facts: FleetFacts, heard: HeardReport | null): FoundCondition[] {
  const own = new Set(facts.conditions.map(({ code }) => code));
  const said = (heard?.report.conditions ?? []).map(({ code, forMs }) => ({
    code,
    sinceMs: (heard?.heardMs ?? 0) - forMs,
  }));
  return [...facts.conditions, ...said.filter(({ code }) => !own.has(code))];
}
