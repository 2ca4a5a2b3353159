// Why somebody does something: required wherever a person overrides what would happen by itself.
import { Option } from 'commander';
import { Text } from '../../contract/id.ts';
import { CommandError } from '../errors.ts';

const Note = Text(1000);

/** `--note <words>`, which must be given. */
export function noteOption(description: string): Option {
  return reasonOption('--note <words>', description);
}

export function reasonOption(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory().argParser((text) => {
    if (Note.safeParse(text).success) return text;
    throw new CommandError(
      'argument_malformed',
      'this is no reason',
      `Give ${flags} 1 to 1000 characters on one line.`,
    );
  });
}
