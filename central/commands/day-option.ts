// An option that is a day: its beginning in UTC, in milliseconds since 1970.
import { Option } from 'commander';
import { CommandError } from '../errors.ts';

export function dayOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const ms = Date.parse(`${text}T00:00:00Z`);
    // Date.parse takes the 31st of February for a day in March.
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(ms).toISOString().startsWith(text)) return ms;
    throw new CommandError('argument_malformed', `'${text}' is no day such as 2026-12-01`, `See ${flags}.`);
  });
}
