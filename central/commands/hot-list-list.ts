// `hot-list list`: the cards that no site takes.
import { type Command, Option } from 'commander';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function hotListList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the cards that no site takes',
      options: [
        countOption('--limit <count>', 'how many at a time').default(100),
        new Option('--after <fingerprint>', 'go on after this one').default('', 'the first'),
      ],
      examples: ['hot-list list --config central.toml'],
    },
    (dataFolder, { limit, after }: { limit: number; after: string }) => {
      const page = readStore(dataFolder, (store) => store.hotList({ after, limit }));
      const lines = page.items.map(
        ({ fingerprint, addedMs }) => `${fingerprint}  since ${new Date(addedMs).toISOString()}`,
      );
      if (page.next !== null) lines.push(`there are more; go on with --after ${page.next}`);
      return { result: page, words: lines.length === 0 ? 'no card is on the hot list' : lines.join('\n') };
    },
  );
}
