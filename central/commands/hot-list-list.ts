// `hot-list list`: the cards that no site takes.
import { Command } from 'commander';
import {
  type CommandOptions,
  configFlag,
  countOption,
  dataFolderOf,
  examples,
  jsonFlag,
  print,
} from './command.ts';
import { readStore } from './open-store.ts';

export function hotListList(): Command {
  return new Command('list')
    .description('show the cards that no site takes')
    .requiredOption(...configFlag)
    .addOption(countOption('--limit <count>', 'how many at a time').default(100))
    .option('--after <fingerprint>', 'go on after this one')
    .option(...jsonFlag)
    .addHelpText('after', examples('hot-list list --config central.toml'))
    .action((options: CommandOptions & { limit: number; after?: string }) => {
      const { limit, after = '' } = options;
      const page = readStore(dataFolderOf(options), (store) => store.hotList({ after, limit }));
      const lines = page.items.map(
        ({ fingerprint, addedMs }) => `${fingerprint}  since ${new Date(addedMs).toISOString()}`,
      );
      if (page.next !== null) lines.push(`there are more; go on with --after ${page.next}`);
      print(options, page, lines.length === 0 ? 'no card is on the hot list' : lines.join('\n'));
    });
}
