// `catalogue import`: CSV files become the next version of the catalogue for every appliance, or a draft of it.
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { present } from '../../kit/assert.ts';
import { CommandError } from '../errors.ts';
import { mistakesListedMax } from '../feed/csv.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { paced, publishProducts, restAsLong, writeDraft } from '../feed/publish.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { draftsMax } from '../ledger/published.ts';
import type { ProductSplit } from '../ledger/split-words.ts';
import { commandAtWork } from '../people/actor.ts';
import { sayPublished } from './catalogue-publish.ts';
import { counted, databaseCommand, type Said } from './command.ts';
import { withPort } from './open-store.ts';
import { catalogueFilesHelp, offersOption, type ReadCatalogue, readProducts } from './read-catalogue.ts';

export function catalogueImport(): Command {
  return databaseCommand(
    {
      name: 'import',
      description: 'make a CSV file the next version of the whole catalogue',
      arguments: [['<file>', 'the products']],
      options: [offersOption(), new Option('--draft', 'keep it as a draft, to be published later')],
      help: catalogueFilesHelp,
      examples: [
        'catalogue import products.csv --config central.toml',
        'catalogue import products.csv --offers offers.csv --draft --config central.toml',
      ],
    },
    async (dataFolder, options: { offers?: string; draft?: boolean }, file: string) => {
      const read = await readProducts(file, options.offers ?? null);
      return options.draft ? keep(dataFolder, basename(file), read) : publish(dataFolder, read);
    },
  );
}

function publish(dataFolder: string, { products, splits }: ReadCatalogue): Promise<Said> {
  return withPort(dataFolder, async (port) => {
    await refuseUnknownPayees(port, splits);
    // Before the first start too: the policy always comes before the catalogue in a feed.
    await port.ensurePolicy(defaultPolicy);
    const published = await publishProducts(paced(port, restAsLong), products, commandAtWork(), splits);
    return sayPublished(present(published, 'what was just published'));
  });
}

/** @throws CommandError drafts_too_many */
function keep(dataFolder: string, source: string, { products, splits }: ReadCatalogue): Promise<Said> {
  return withPort(dataFolder, async (port) => {
    await refuseUnknownPayees(port, splits);
    const draft = await writeDraft(paced(port, restAsLong), { source, products, splits, nowMs: Date.now });
    if (draft === null) {
      const hint = 'See `catalogue drafts`; publish or discard some.';
      throw new CommandError('drafts_too_many', `${draftsMax} drafts wait already`, hint);
    }
    const words = `draft ${draft}: ${counted(products.length, 'product')}\npublish it with: catalogue publish --draft ${draft}`;
    return { result: { draft, products: products.length }, words };
  });
}

/** @throws CommandError payee_unknown: a sale must never owe money to somebody nobody knows */
async function refuseUnknownPayees(port: LedgerPort, splits: readonly ProductSplit[]): Promise<void> {
  const named = new Set(splits.flatMap(({ split }) => split.payees.map(({ payee }) => payee)));
  if (named.size === 0) return;
  const known = new Set((await port.payees()).map(({ id }) => id));
  const unknown = [...named].filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  const hint = 'Correct the column payee, or make them known with `payee create`.';
  throw new CommandError('payee_unknown', 'nothing was taken: there are no such payees', hint, {
    details: unknown.slice(0, mistakesListedMax),
  });
}
