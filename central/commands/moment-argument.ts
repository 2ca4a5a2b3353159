// Moments as people give them to a command: a day or a time in UTC, or with an offset of its own.
import { CommandError } from '../errors.ts';
import { momentMs } from '../reconciliation/dates.ts';

/** @throws CommandError argument_malformed */
export function momentArgument(text: string): number {
  const ms = momentMs(text);
  if (ms !== undefined) return ms;
  const hint = 'Use 2026-11-30 or 2026-11-30T06:00Z.';
  throw new CommandError('argument_malformed', `'${text}' is no moment`, hint);
}
