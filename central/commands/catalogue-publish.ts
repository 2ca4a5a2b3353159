// `catalogue publish`: a draft becomes the next version of the catalogue, for every appliance.
import { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { paced, publishDraft, restAsLong } from '../feed/publish.ts';
import type { CataloguePublished } from '../ledger/published.ts';
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
import { withPort } from './open-store.ts';

export function cataloguePublish(): Command {
  return new Command('publish')
    .description('make a draft the next version of the whole catalogue')
    .requiredOption(...configFlag)
    .addOption(countOption('--draft <number>', 'which one; the newest unless told'))
    .option(...jsonFlag)
    .addHelpText(
      'after',
      examples(
        'catalogue publish --config central.toml',
        'catalogue publish --draft 3 --config central.toml',
      ),
    )
    .action(async (options: CommandOptions & { draft?: number }) => {
      const published = await publish(dataFolderOf(options), options.draft);
      print(options, published, describePublished(published));
    });
}

/** @throws CommandError draft_unknown */
function publish(dataFolder: string, named: number | undefined): Promise<CataloguePublished> {
  return withPort(dataFolder, async (port) => {
    await port.ensurePolicy(defaultPolicy);
    const draft = named ?? (await port.catalogueDrafts()).at(-1)?.number;
    const published =
      draft === undefined ? null : await publishDraft(paced(port, restAsLong), draft, Date.now);
    if (published) return published;
    throw draftUnknown(draft);
  });
}

export function draftUnknown(draft: number | undefined): CommandError {
  const words = draft === undefined ? 'there is no draft' : `there is no draft ${draft}`;
  const hint = 'See `catalogue drafts`; make one with `catalogue import FILE --draft`.';
  return new CommandError('draft_unknown', words, hint);
}

/** What was published, for a person. */
export function describePublished(published: CataloguePublished): string {
  const { version, products, added, changed, removed, sent, pieces } = published;
  const way = sent === 'delta' ? 'sent as what differs' : 'sent whole';
  return [
    `catalogue version ${version}: ${counted(products, 'product')}`,
    added + changed + removed === 0
      ? 'nothing differs from the version before; its age begins again'
      : `${added} added, ${changed} changed, ${removed} removed; ${way}, in ${counted(pieces, 'piece')}`,
  ].join('\n');
}
