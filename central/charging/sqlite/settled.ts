// Sales whose money the bank has shown: told to their appliances and to the merchant, unless the money went again since.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import type { ChargingParts } from './case.ts';
import { merchantWords } from './case.ts';
import type { CollectionData } from './collections.ts';

type Settled = Pick<
  CollectionData,
  'ref' | 'applianceRef' | 'applianceId' | 'checkoutId' | 'currency' | 'totalMinor'
>;

/** Answers those of which it told: not of what was voided, or is or was disputed, or waits for a person. */
export function createTellingSettled(
  db: Database.Database,
  parts: Pick<ChargingParts, 'appendFeed' | 'tellMerchant'>,
): (refs: readonly number[], nowMs: number) => number[] {
  // One statement for all that is asked of a sale: a first run may have a million of them.
  const settledNow = db.prepare<[number], Settled>(
    `SELECT c.ref, c.appliance_ref AS applianceRef, a.id AS applianceId, c.checkout_id AS checkoutId, c.currency,
       c.total_minor AS totalMinor
     FROM collection c JOIN appliance a ON a.ref = c.appliance_ref
     WHERE c.ref = +? AND c.state = 'collected' AND c.wanted = 'captured'
       AND NOT EXISTS (SELECT 1 FROM dispute d WHERE d.collection_ref = c.ref AND d.state <> 'won')`,
  );
  return (refs, nowMs) => {
    const settled = refs.flatMap((ref) => settledNow.get(ref) ?? []);
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
