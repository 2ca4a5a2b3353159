// The option of every command by which somebody overrides something: why.
import { Option } from 'commander';
import { CommandError } from '../errors.ts';

const reasonCharsMax = 500;

export function reasonOption(): Option {
  return new Option('--reason <words>', 'why; it is kept in the audit log')
    .argParser((text) => {
      const words = text.trim();
      if (words.length > 0 && words.length <= reasonCharsMax) return words;
      const hint = `Say why in 1 to ${reasonCharsMax} characters.`;
      throw new CommandError('argument_malformed', 'the reason is empty or too long', hint);
    })
    .makeOptionMandatory();
}
