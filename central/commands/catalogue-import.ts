// `catalogue import`: CSV files become the next version of the catalogue for every appliance, or a draft of it.
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { Product } from '../../contract/feed.ts';
import { present } from '../../kit/assert.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { paced, publishProducts, restAsLong, writeDraft } from '../feed/publish.ts';
import { draftsMax } from '../ledger/published.ts';
import { commandAtWork } from '../people/actor.ts';
import { sayPublished } from './catalogue-publish.ts';
import { counted, databaseCommand, type Said } from './command.ts';
import { withPort } from './open-store.ts';
import { catalogueFilesHelp, offersOption, readProducts } from './read-catalogue.ts';

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
      const products = await readProducts(file, options.offers ?? null);
      return options.draft ? keep(dataFolder, basename(file), products) : publish(dataFolder, products);
    },
  );
}

function publish(dataFolder: string, products: readonly Product[]): Promise<Said> {
  return withPort(dataFolder, async (port) => {
    // Before the first start too: the policy always comes before the catalogue in a feed.
    await port.ensurePolicy(defaultPolicy);
    const published = await publishProducts(paced(port, restAsLong), products, commandAtWork());
    return sayPublished(present(published, 'what was just published'));
  });
}

/** @throws CommandError drafts_too_many */
function keep(dataFolder: string, source: string, products: readonly Product[]): Promise<Said> {
  return withPort(dataFolder, async (port) => {
    const draft = await writeDraft(paced(port, restAsLong), { source, products, nowMs: Date.now });
    if (draft === null) {
      const hint = 'See `catalogue drafts`; publish or discard some.';
      throw new CommandError('drafts_too_many', `${draftsMax} drafts wait already`, hint);
    }
    const words = `draft ${draft}: ${counted(products.length, 'product')}\npublish it with: catalogue publish --draft ${draft}`;
    return { result: { draft, products: products.length }, words };
  });
}
