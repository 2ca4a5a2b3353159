// `catalogue drafts` and `catalogue discard`: what waits to be published, and how to be rid of it.
import { Command } from 'commander';
import { finishPieces, paced, restAsLong } from '../feed/publish.ts';
import { draftUnknown } from './catalogue-publish.ts';
import {
  type CommandOptions,
  configFlag,
  counted,
  countOption,
  dataFolderOf,
  examples,
  jsonFlag,
  print,
} from './command.ts';
import { readStore, withPort } from './open-store.ts';

export function catalogueDrafts(): Command {
  return new Command('drafts')
    .description('list the drafts that wait to be published')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText('after', examples('catalogue drafts --config central.toml'))
    .action((options: CommandOptions) => {
      const drafts = readStore(dataFolderOf(options), (store) => store.catalogueDrafts());
      const lines = drafts.map(
        ({ number, source, products, madeMs }) =>
          `draft ${number}: ${counted(products, 'product')} from ${source}, ${new Date(madeMs).toISOString()}`,
      );
      print(options, { drafts }, lines.length === 0 ? 'no draft waits' : lines.join('\n'));
    });
}

export function catalogueDiscard(): Command {
  return new Command('discard')
    .description('throw a draft away')
    .requiredOption(...configFlag)
    .addOption(countOption('--draft <number>', 'which one').makeOptionMandatory())
    .option(...jsonFlag)
    .addHelpText('after', examples('catalogue discard --draft 3 --config central.toml'))
    .action(async (options: CommandOptions & { draft: number }) => {
      const { draft } = options;
      await withPort(dataFolderOf(options), async (port) => {
        if (!(await port.discardDraft(draft))) throw draftUnknown(draft);
        await finishPieces(paced(port, restAsLong), Date.now);
      });
      print(options, { draft }, `draft ${draft} is gone`);
    });
}
