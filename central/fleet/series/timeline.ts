// What began and what ended, by one report after the other: conditions, outages of the link, starts of the program, silence. Pure.
import type { HealthReport } from '../../../contract/health.ts';
import { silentAfterMs } from '../silence.ts';

export type EventKind = 'condition' | 'outage' | 'silence' | 'start';

export interface FleetEvent {
  kind: EventKind;
  /** The condition, or the release that started; else empty. */
  code: string;
  /** By central's clock, as all times here. */
  sinceMs: number;
  /** Null while it holds. */
  untilMs: number | null;
}

export type EventChange =
  | { kind: 'began'; event: FleetEvent }
  | { kind: 'ended'; of: Pick<FleetEvent, 'kind' | 'code'>; untilMs: number };

export const eventKey = ({ kind, code }: Pick<FleetEvent, 'kind' | 'code'>) => `${kind} ${code}`;

/** Two ages of the same beginning differ by what the clocks are apart. */
const sameStartMs = 60_000;

/**
 * @param open what held by the report before, by `eventKey`, with since when
 * @param before the report before; null: the first one
 */
export function changesBy(
  open: ReadonlyMap<string, number>,
  said: { report: HealthReport; atMs: number },
  before: { report: HealthReport; heardMs: number } | null,
  heardMs: number,
): EventChange[] {
  const { report, atMs } = said;
  const changes: EventChange[] = [];
  const began = (event: FleetEvent) => changes.push({ kind: 'began', event });
  const startMs = atMs - report.upMs;
  const started =
    before === null || before.report.at.bootId !== report.at.bootId || report.upMs < before.report.upMs;
  if (started) began({ kind: 'start', code: report.release, sinceMs: startMs, untilMs: startMs });
  if (before !== null && heardMs - before.heardMs > silentAfterMs) {
    began({ kind: 'silence', code: '', sinceMs: before.heardMs, untilMs: heardMs });
  }

  const holds = new Map<string, FleetEvent>();
  for (const { code, forMs } of report.conditions) {
    const event: FleetEvent = { kind: 'condition', code, sinceMs: atMs - forMs, untilMs: null };
    holds.set(eventKey(event), event);
  }
  if (report.link.kind !== 'online') {
    const event: FleetEvent = { kind: 'outage', code: '', sinceMs: atMs - report.link.forMs, untilMs: null };
    holds.set(eventKey(event), event);
  }
  for (const [key, sinceMs] of open) {
    const now = holds.get(key);
    const [kind, code = ''] = key.split(' ') as [EventKind, string?];
    if (now === undefined) {
      // A link says since when it is back.
      const endMs = kind === 'outage' && report.link.kind === 'online' ? atMs - report.link.forMs : atMs;
      changes.push({ kind: 'ended', of: { kind, code }, untilMs: Math.max(sinceMs, endMs) });
    } else if (now.sinceMs > sinceMs + sameStartMs) {
      // It ended and began again between two reports.
      changes.push({ kind: 'ended', of: { kind, code }, untilMs: now.sinceMs });
      began(now);
    }
  }
  for (const [key, event] of holds) if (!open.has(key)) began(event);
  return changes;
}
