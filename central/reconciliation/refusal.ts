// The one way in which a file as a whole is refused: it is none of the kind that was expected.
import { CommandError } from '../errors.ts';

/** @param found what stands there instead, cut to a line's worth */
export function notThisFormat(expected: string, found: string, hint: string): CommandError {
  const shown = found.slice(0, 120).replaceAll(/\s+/g, ' ');
  return new CommandError('file_malformed', `this is no ${expected}: it begins with '${shown}'`, hint);
}
