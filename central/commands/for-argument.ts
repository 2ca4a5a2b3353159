// How long from now, as people say it: 30m, 8h, 2d.
import { CommandError } from '../errors.ts';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws CommandError argument_malformed */
export function untilArgument(text: string, nowMs: number, daysMax: number): number {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (ms <= daysMax * 86_400_000) return nowMs + ms;
  throw new CommandError(
    'argument_malformed',
    `'${text}' is no time from now`,
    `Use 30m, 8h or 2d; ${daysMax}d at most.`,
  );
}
