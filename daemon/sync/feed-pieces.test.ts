// Pieces of a frame: all items in their order, and none too large where it can be helped.
import { describe, expect, it } from 'vitest';
import type { FeedItem, Product } from '../../contract/feed.ts';
import { feedPieces } from './feed-pieces.ts';

const product: Product = { sku: 'a', name: 'A', price: { priceMinor: 1, baseQuantity: 1 }, sellable: true };
const catalogue = (count: number): FeedItem => ({
  kind: 'catalogue',
  version: 1,
  piece: 1,
  pieces: 1,
  products: new Array(count).fill(product),
});
const stock = (count: number): FeedItem => ({
  kind: 'stock',
  changes: new Array(count).fill({ sku: 'a', change: 'add', quantity: 1 }),
});
const delta = (count: number, removed: number): FeedItem => ({
  kind: 'catalogue_delta',
  base: 1,
  version: 2,
  piece: 1,
  pieces: 1,
  products: new Array(count).fill(product),
  removed: new Array(removed).fill('a'),
});

describe('a feed frame in pieces', () => {
  it.each<[string, (FeedItem | null)[], number[]]>([
    ['nothing', [], []],
    ['small items, by their number', new Array(130).fill(null), [64, 64, 2]],
    ['whole pieces of a catalogue, one by one', [catalogue(250), catalogue(250), catalogue(3)], [1, 2]],
    ['what fits together, to the row', [catalogue(128), stock(128), null], [2, 1]],
    ['additions and removals alike', [delta(100, 100), delta(50, 7)], [1, 1]],
    ['an item that is too large, alone', [null, stock(500), null], [1, 1, 1]],
  ])('is %s', (_, items, sizes) => {
    const pieces = [...feedPieces(items, (item) => item, 64)];
    expect(pieces.map(({ length }) => length)).toEqual(sizes);
    expect(pieces.flat()).toEqual(items);
  });
});
