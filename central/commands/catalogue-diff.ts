// `catalogue diff`: what a file or a draft would change, against the version in force. Changes nothing itself.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import {
  describeChange,
  type ListedProduct,
  type ProductDifference,
  productDifference,
} from '../feed/differences.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { draftUnknown } from './catalogue-publish.ts';
import { counted, countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';
import { catalogueFilesHelp, offersOption, type ReadCatalogue, readProducts } from './read-catalogue.ts';

export interface CatalogueDiff {
  /** The version in force; null before the first. */
  against: number | null;
  products: number;
  added: number;
  changed: number;
  removed: number;
  /** The first of them. */
  differences: ProductDifference[];
}

interface Options {
  offers?: string;
  draft?: number;
  limit: number;
}

const pageProducts = 1000;

export function catalogueDiff(): Command {
  return databaseCommand(
    {
      name: 'diff',
      description: 'show what a CSV file or a draft would change',
      arguments: [['[file]', 'the products']],
      options: [
        offersOption(),
        countOption('--draft <number>', 'a draft instead of a file'),
        countOption('--limit <count>', 'how many differences to list').default(20),
      ],
      help: catalogueFilesHelp,
      examples: [
        'catalogue diff products.csv --config central.toml',
        'catalogue diff --draft 3 --limit 500 --json --config central.toml',
      ],
    },
    async (dataFolder, options: Options, file: string | undefined) => {
      const result = await compare(dataFolder, options, file);
      return { result, words: describeDiff(result) };
    },
  );
}

/** @throws CommandError argument_malformed, draft_unknown, database_missing, and those of the files */
async function compare(
  dataFolder: string,
  { draft, limit, offers }: Options,
  file: string | undefined,
): Promise<CatalogueDiff> {
  if ((file === undefined) === (draft === undefined)) {
    const hint = 'Give a file, or --draft NUMBER.';
    throw new CommandError('argument_malformed', 'there is not one thing to compare', hint);
  }
  const read = file === undefined ? null : await readProducts(file, offers ?? null);
  return readStore(dataFolder, (store) => {
    if (draft !== undefined && !store.catalogueDrafts().some(({ number }) => number === draft)) {
      throw draftUnknown(draft);
    }
    return difference(
      store,
      read ? [listed(read.products, read.splits)] : pagesOf(store, draft ?? null),
      limit,
    );
  });
}

function difference(store: SqliteStore, pages: Iterable<ListedProduct[]>, limit: number): CatalogueDiff {
  const diff: CatalogueDiff = {
    against: store.catalogue()?.version ?? null,
    products: 0,
    added: 0,
    changed: 0,
    removed: 0,
    differences: [],
  };
  const note = (one: ProductDifference | null) => {
    if (!one) return;
    diff[one.kind]++;
    if (diff.differences.length < limit) diff.differences.push(one);
  };
  const skus = new Set<string>();
  for (const products of pages) {
    for (const one of products) {
      const { sku } = one.product;
      skus.add(sku);
      const [before] = listed(store.productsBySku([sku]), store.splitsBySku([sku], null));
      note(productDifference(before, one));
    }
  }
  for (const products of pagesOf(store, null)) {
    for (const { product } of products) {
      const { sku, name } = product;
      if (!skus.has(sku)) note({ kind: 'removed', sku, name });
    }
  }
  return { ...diff, products: skus.size };
}

function listed(products: ReadCatalogue['products'], splits: ReadCatalogue['splits']): ListedProduct[] {
  const bySku = new Map(splits.map(({ sku, split }) => [sku, split]));
  return products.map((product) => ({ product, split: bySku.get(product.sku) }));
}

function* pagesOf(store: SqliteStore, draft: number | null): Generator<ListedProduct[]> {
  for (let after: string | null = ''; after !== null; ) {
    const page: ReturnType<SqliteStore['products']> = store.products({ draft, after, limit: pageProducts });
    const skus = page.items.map(({ sku }) => sku);
    yield listed(page.items, store.splitsBySku(skus, draft));
    after = page.next;
  }
}

function describeDiff({ against, products, differences, ...counts }: CatalogueDiff): string {
  const total = counts.added + counts.changed + counts.removed;
  const basis = against === null ? 'there is no catalogue yet' : `against version ${against}`;
  const lines = [
    `${basis}: ${counts.added} added, ${counts.changed} changed, ${counts.removed} removed, ${counted(products, 'product')} then`,
    ...differences.flatMap(describeDifference),
  ];
  if (total > differences.length) lines.push(`and ${total - differences.length} more; see --limit`);
  return lines.join('\n');
}

function describeDifference(one: ProductDifference): string[] {
  switch (one.kind) {
    case 'added':
      return [`+ ${one.sku}  ${one.name}`];
    case 'removed':
      return [`- ${one.sku}  ${one.name}`];
    case 'changed':
      return [`~ ${one.sku}  ${one.name}`, ...one.fields.map((change) => `    ${describeChange(change)}`)];
  }
}
