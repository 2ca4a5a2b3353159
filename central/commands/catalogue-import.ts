// `catalogue import`: CSV files become the next version of the catalogue for every appliance, or a draft of it.
import { basename } from 'node:path';
import { Command } from 'commander';
import { present } from '../../kit/assert.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { paced, publishProducts, restAsLong, writeDraft } from '../feed/publish.ts';
import { draftsMax } from '../ledger/published.ts';
import { describePublished } from './catalogue-publish.ts';
import {
  type CommandOptions,
  configFlag,
  counted,
  dataFolderOf,
  examples,
  jsonFlag,
  print,
} from './command.ts';
import { withPort } from './open-store.ts';
import { catalogueFilesHelp, offersFlag, readProducts } from './read-catalogue.ts';

export function catalogueImport(): Command {
  return new Command('import')
    .argument('<file>')
    .description('make a CSV file the next version of the whole catalogue')
    .requiredOption(...configFlag)
    .option(...offersFlag)
    .option('--draft', 'keep it as a draft, to be published later')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      `${catalogueFilesHelp}\n${examples(
        'catalogue import products.csv --config central.toml',
        'catalogue import products.csv --offers offers.csv --draft \\\n    --config central.toml',
      )}`,
    )
    .action(run);
}

async function run(
  file: string,
  options: CommandOptions & { offers?: string; draft?: boolean },
): Promise<void> {
  const dataFolder = dataFolderOf(options);
  const products = await readProducts(file, options.offers ?? null);
  await withPort(dataFolder, async (port) => {
    const calls = paced(port, restAsLong);
    if (options.draft) {
      const draft = await writeDraft(calls, { source: basename(file), products, nowMs: Date.now });
      if (draft === null) {
        const hint = 'See `catalogue drafts`; publish or discard some.';
        throw new CommandError('drafts_too_many', `${draftsMax} drafts wait already`, hint);
      }
      const words = `draft ${draft}: ${counted(products.length, 'product')}\npublish it with: catalogue publish --draft ${draft}`;
      return print(options, { draft, products: products.length }, words);
    }
    // Before the first start too: the policy always comes before the catalogue in a feed.
    await port.ensurePolicy(defaultPolicy);
    const published = present(await publishProducts(calls, products, Date.now), 'what was just published');
    print(options, published, describePublished(published));
  });
}
