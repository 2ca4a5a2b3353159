// Brings a catalogue to its appliances through bounded calls of the store. Each is a transaction of its own, and after
// each one the others have their turn: a receipt waits for one call at most, however large the catalogue is.
import type { Product } from '../../contract/feed.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { CataloguePublished } from '../ledger/published.ts';
import type { ProductSplit } from '../ledger/split-words.ts';
import type { AtWork } from '../people/actor.ts';

export type CatalogueCalls = Pick<
  LedgerPort,
  | 'beginDraft'
  | 'writeDraft'
  | 'writeDraftSplits'
  | 'completeDraft'
  | 'publishDraft'
  | 'cataloguePiece'
  | 'published'
>;

const writeProductsMax = 2500;
const pauseMsMax = 250;

/** Waits as long as the call took: half of the time the database is free. */
export function restAsLong(tookMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(tookMs, 1), pauseMsMax)));
}

/** The same calls, with a rest after each. */
export function paced(calls: CatalogueCalls, rest: (tookMs: number) => Promise<void>): CatalogueCalls {
  const slowly =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const startMs = performance.now();
      const result = await call(...args);
      await rest(performance.now() - startMs);
      return result;
    };
  return {
    beginDraft: slowly(calls.beginDraft),
    writeDraft: slowly(calls.writeDraft),
    writeDraftSplits: slowly(calls.writeDraftSplits),
    completeDraft: slowly(calls.completeDraft),
    publishDraft: slowly(calls.publishDraft),
    cataloguePiece: slowly(calls.cataloguePiece),
    published: slowly(calls.published),
  };
}

export interface DraftContent {
  source: string | null;
  products: readonly Product[];
  /** None: everything is the house's. */
  splits?: readonly ProductSplit[];
  nowMs: () => number;
}

/** Writes a whole catalogue down; answers the draft's number, null when too many wait. */
export async function writeDraft(
  calls: CatalogueCalls,
  { source, products, splits = [], nowMs }: DraftContent,
): Promise<number | null> {
  const draft = await calls.beginDraft({ source, nowMs: nowMs() });
  if (draft === null) return null;
  for (let i = 0; i < products.length; i += writeProductsMax) {
    await calls.writeDraft(draft, products.slice(i, i + writeProductsMax));
  }
  for (let i = 0; i < splits.length; i += writeProductsMax) {
    await calls.writeDraftSplits(draft, splits.slice(i, i + writeProductsMax));
  }
  await calls.completeDraft(draft);
  return draft;
}

/** Makes a draft the next version, after one that is on its way; null when there is no such draft. */
export async function publishDraft(
  calls: CatalogueCalls,
  draft: number,
  who: AtWork,
): Promise<CataloguePublished | null> {
  for (;;) {
    const answer = await calls.publishDraft(draft, { actor: who.actor, nowMs: who.nowMs() });
    if (answer === 'draft_unknown') return null;
    await finishPieces(calls, who.nowMs);
    if (answer === 'begun') return calls.published(draft);
  }
}

/** Carries on what is under way until nothing is. */
export async function finishPieces(
  calls: Pick<CatalogueCalls, 'cataloguePiece'>,
  nowMs: () => number,
): Promise<void> {
  while ((await calls.cataloguePiece(nowMs())).more);
}

/** Writes a whole catalogue and makes it the next version at once. */
export async function publishProducts(
  calls: CatalogueCalls,
  products: readonly Product[],
  who: AtWork,
  splits: readonly ProductSplit[] = [],
): Promise<CataloguePublished | null> {
  const draft = await writeDraft(calls, { source: null, products, splits, nowMs: who.nowMs });
  return draft === null ? null : publishDraft(calls, draft, who);
}
