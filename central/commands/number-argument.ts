// The number of a thing, as a command's argument.
import { CommandError } from '../errors.ts';

/** @throws CommandError argument_malformed */
export function numberArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandError(
    'argument_malformed',
    `'${text}' is no number`,
    'Use the number that the list shows.',
  );
}
