// `catalogue discard`: throws a draft away.
import type { Command } from 'commander';
import { finishPieces, paced, restAsLong } from '../feed/publish.ts';
import { byCommand } from '../people/actor.ts';
import { draftUnknown } from './catalogue-publish.ts';
import { countOption, databaseCommand } from './command.ts';
import { refuseMissing, withPort } from './open-store.ts';

export function catalogueDiscard(): Command {
  return databaseCommand(
    {
      name: 'discard',
      description: 'throw a draft away',
      options: [countOption('--draft <number>', 'which one').makeOptionMandatory()],
      examples: ['catalogue discard --draft 3 --config central.toml'],
    },
    async (dataFolder, { draft }: { draft: number }) => {
      refuseMissing(dataFolder);
      await withPort(dataFolder, async (port) => {
        if (!(await port.discardDraft(draft, byCommand()))) throw draftUnknown(draft);
        await finishPieces(paced(port, restAsLong), Date.now);
      });
      return { result: { draft }, words: `draft ${draft} is gone` };
    },
  );
}
