// Sales whose money the bank has shown: told to their appliances and to the merchant, unless the money went again since.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import type { ChargingParts } from './case.ts';
import { merchantWords } from './case.ts';
import type { CollectionTable } from './collections.ts';

/** Answers those of which it told: not of what was voided, or is or was disputed, or waits for a person. */
export function createTellingSettled(
  db: Database.Database,
  parts: Pick<ChargingParts, 'appendFeed' | 'tellMerchant'>,
  collections: CollectionTable,
): (refs: readonly number[], nowMs: number) => number[] {
  const isDisputed = db
    .prepare<[number], number>(`SELECT 1 FROM dispute WHERE collection_ref = ? AND state <> 'won' LIMIT 1`)
    .pluck();
  return (refs, nowMs) => {
    const settled = refs
      .map((ref) => collections.get(ref))
      .filter(({ ref, state, wanted }) => {
        return state === 'collected' && wanted === 'captured' && isDisputed.get(ref) === undefined;
      });
    for (const [applianceRef, some] of Map.groupBy(settled, (data) => data.applianceRef)) {
      const items = some.map(
        ({ checkoutId: id }): FeedItem => ({ kind: 'outcome', id, outcome: 'settled', atMs: nowMs }),
      );
      parts.appendFeed(applianceRef, items);
      for (const data of some) {
        const { about, said } = merchantWords(data, data.checkoutId);
        parts.tellMerchant('checkout.settled', about, said, nowMs);
      }
    }
    return settled.map(({ ref }) => ref);
  };
}
