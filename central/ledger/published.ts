// What central publishes to its appliances, as the ledger's port shows it: policies, catalogues, stock, the hot list.
import type { FeedItem, Product } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';

export interface PolicyView {
  version: number;
  policy: Policy;
}

export interface CatalogueView {
  version: number;
  products: number;
  /** Null for a version that an older release published. */
  publishedMs: number | null;
}

/** Drafts that may wait at the same time. */
export const draftsMax = 20;

/** A catalogue that waits to be published. */
export interface CatalogueDraft {
  number: number;
  /** The file it came from. */
  source: string;
  products: number;
  madeMs: number;
}

export interface CataloguePublished {
  version: number;
  products: number;
  /** Against the version before. */
  added: number;
  changed: number;
  removed: number;
  /** What goes to the appliances that carry the version before, and in how many items. */
  sent: 'snapshot' | 'delta';
  pieces: number;
}

/** In the order of their SKUs; `next` is where to go on after, null at the end. */
export interface ProductsPage {
  items: Product[];
  next: string | null;
}

export type StockChange = Extract<FeedItem, { kind: 'stock' }>['changes'][number];

export type StockSent =
  | { kind: 'sent'; firstPosition: number; lastPosition: number }
  | { kind: 'appliance_unknown' }
  | { kind: 'skus_unknown'; skus: string[] };

export interface HotListed {
  fingerprint: string;
  addedMs: number;
}

export type HotListChanged = { kind: 'changed' } | { kind: 'unchanged' } | { kind: 'full' };

/** In the order of the fingerprints; `next` is where to go on after, null at the end. */
export interface HotListPage {
  items: HotListed[];
  next: string | null;
}
