// `catalogue import`: a CSV file becomes the next version of the catalogue, for every appliance.
import { CommandError } from '../errors.ts';
import { parseCatalogueCsv } from '../feed/catalogue-csv.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { withStore } from './open-store.ts';
import { readText } from './read-text.ts';

export interface CatalogueImported {
  version: number;
  products: number;
}

/** @throws CommandError catalogue_malformed naming lines and columns; nothing has changed then */
export function importCatalogue(dataFolder: string, file: string): CatalogueImported {
  const parsed = parseCatalogueCsv(readText(file));
  if (parsed.kind === 'refused') {
    const { mistakes, mistakesTotal } = parsed;
    const details = mistakes.map(
      ({ line, column, problem }) => `line ${line}, ${column || 'row'}: ${problem}`,
    );
    if (mistakesTotal > mistakes.length) details.push(`and ${mistakesTotal - mistakes.length} more`);
    const hint = 'Correct the lines named and import the whole file again.';
    throw new CommandError('catalogue_malformed', `${file} was not imported`, hint, { details });
  }
  const { products } = parsed;
  const version = withStore(dataFolder, (store) => {
    // Before the first start too: the policy always comes before the catalogue in a feed.
    store.ensurePolicy(defaultPolicy);
    return store.publishCatalogue(products);
  });
  return { version, products: products.length };
}
