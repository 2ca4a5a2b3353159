// A moment as people write it at a shell: from now on, or by date.
import { CommandError } from '../errors.ts';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `90d`, `24h`, `30m` from now on, or an ISO 8601 date or time; a date is its first moment in UTC.
 * @throws CommandError argument_malformed when it is none of these, or not later than now
 */
export function momentAhead(flag: string, text: string, nowMs: number): number {
  const atMs = momentOf(text, nowMs);
  const hint = `Give ${flag} as 90d, 24h or 30m from now on, or as 2027-01-31 or 2027-01-31T18:00Z.`;
  if (atMs === null) throw new CommandError('argument_malformed', `'${text}' is no moment`, hint);
  if (atMs <= nowMs) throw new CommandError('argument_malformed', `'${text}' is over already`, hint);
  return atMs;
}

function momentOf(text: string, nowMs: number): number | null {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs + Number(count) * unitMs[unit as keyof typeof unitMs];
  // Without its offset a time would mean another one on every machine.
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

/** To the minute, UTC. */
export function momentWords(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
