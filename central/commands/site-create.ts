// `site create`: makes a site known.
import type { Command } from 'commander';
import { siteWords } from '../enrolment/words.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { databaseCommand } from './command.ts';
import { assertSiteName } from './enrolment-command.ts';
import { withStore } from './open-store.ts';

export function siteCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'make a site known',
      arguments: [['<name>', 'as people call the place']],
      help: '`enrolment create --new-site` does it along with the first code.',
      examples: ['site create "Leeds 2" --config central.toml'],
    },
    (dataFolder, _: object, name: string) => {
      assertSiteName(name);
      const made = withStore(dataFolder, (store) => store.createSite({ name }, byCommand()));
      if (made.kind === 'site_known') {
        throw new CommandError('site_known', `'${name}' is known`, 'Choose another name.');
      }
      return { result: made.site, words: siteWords(made.site) };
    },
  );
}
