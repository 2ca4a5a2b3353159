// `catalogue publish`: a draft becomes the next version of the catalogue, for every appliance.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { paced, publishDraft, restAsLong } from '../feed/publish.ts';
import type { CataloguePublished } from '../ledger/published.ts';
import { commandAtWork } from '../people/actor.ts';
import { counted, countOption, databaseCommand, type Said } from './command.ts';
import { refuseMissing, withPort } from './open-store.ts';

export function cataloguePublish(): Command {
  return databaseCommand(
    {
      name: 'publish',
      description: 'make a draft the next version of the whole catalogue',
      options: [countOption('--draft <number>', 'which one; the newest unless told')],
      examples: [
        'catalogue publish --config central.toml',
        'catalogue publish --draft 3 --config central.toml',
      ],
    },
    async (dataFolder, options: { draft?: number }) => {
      refuseMissing(dataFolder);
      return sayPublished(await publish(dataFolder, options.draft));
    },
  );
}

/** @throws CommandError draft_unknown */
function publish(dataFolder: string, named: number | undefined): Promise<CataloguePublished> {
  return withPort(dataFolder, async (port) => {
    await port.ensurePolicy(defaultPolicy);
    const draft = named ?? (await port.catalogueDrafts()).at(-1)?.number;
    const published =
      draft === undefined ? null : await publishDraft(paced(port, restAsLong), draft, commandAtWork());
    if (published) return published;
    throw draftUnknown(draft);
  });
}

export function draftUnknown(draft: number | undefined): CommandError {
  const words = draft === undefined ? 'there is no draft' : `there is no draft ${draft}`;
  const hint = 'See `catalogue drafts`; make one with `catalogue import FILE --draft`.';
  return new CommandError('draft_unknown', words, hint);
}

export function sayPublished(published: CataloguePublished): Said {
  const { version, products, added, changed, removed, sent, pieces } = published;
  const way = sent === 'delta' ? 'sent as what differs' : 'sent whole';
  const difference =
    added + changed + removed === 0
      ? 'nothing differs from the version before; its age begins again'
      : `${added} added, ${changed} changed, ${removed} removed; ${way}, in ${counted(pieces, 'piece')}`;
  const words = `catalogue version ${version}: ${counted(products, 'product')}\n${difference}`;
  return { result: published, words };
}
