// `catalogue drafts`: what waits to be published.
import type { Command } from 'commander';
import { counted, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function catalogueDrafts(): Command {
  return databaseCommand(
    {
      name: 'drafts',
      description: 'list the drafts that wait to be published',
      examples: ['catalogue drafts --config central.toml'],
    },
    (dataFolder) => {
      const drafts = readStore(dataFolder, (store) => store.catalogueDrafts());
      const lines = drafts.map(
        ({ number, source, products, madeMs }) =>
          `draft ${number}: ${counted(products, 'product')} from ${source}, ${new Date(madeMs).toISOString()}`,
      );
      return { result: { drafts }, words: lines.length === 0 ? 'no draft waits' : lines.join('\n') };
    },
  );
}
