// How products are split, by the catalogue a sale was made with; and what a void or refund finds left of a sale.
import type Database from 'better-sqlite3';
import { CheckoutEntry, Entry, type RefundedLine } from '../../../contract/entry.ts';
import { present } from '../../../kit/assert.ts';
import type { AccountName, Share } from '../postings.ts';
import { Split as SplitBody } from '../split-words.ts';
import { lineShares, type Split, type SplitOf, type Standing, saleShares, summed } from '../splits.ts';

export interface SplitTable {
  /** The splits in force at a catalogue version; of the one that is for everybody for null. */
  at(version: number | null): SplitOf;
  /** The shares of a sale that is booked after its entry was read. */
  ofSale(at: { journalRef: number; seq: number }): Share[];
  /** Of an approved checkout of that appliance. */
  standing(applianceRef: number, checkoutId: string): Standing;
}

interface LeftRow {
  account: AccountName;
  /** 1 as in a sale, -1 as in a refund. */
  direction: number;
  amountMinor: number;
}

const parsedMax = 1000;

export function createSplitTable(db: Database.Database): SplitTable {
  const splitOf = db
    .prepare<[string, number], string | null>(
      `SELECT body FROM product_split WHERE sku = ? AND from_version <= ? ORDER BY from_version DESC LIMIT 1`,
    )
    .pluck();
  const versionForAll = db
    .prepare<[], number>('SELECT coalesce(max(version), 0) FROM catalogue WHERE rollout IS NULL')
    .pluck();
  const bodyAt = db
    .prepare<[number, number], Buffer>('SELECT body FROM entry WHERE journal_ref = ? AND seq = ?')
    .pluck();
  const saleBody = db
    .prepare<[string, number], Buffer>(
      `SELECT entry.body FROM document JOIN entry ON entry.journal_ref = document.journal_ref
         AND entry.seq = document.seq WHERE document.id = ? AND document.appliance_ref = ?`,
    )
    .pluck();
  const refundBodies = db
    .prepare<[string, number], Buffer>(
      `SELECT entry.body FROM document JOIN entry ON entry.journal_ref = document.journal_ref
         AND entry.seq = document.seq
       WHERE document.checkout_id = ? AND document.appliance_ref = ? AND document.kind = 'refund'
         AND document.state = 'booked' ORDER BY document.ref`,
    )
    .pluck();
  const left = db.prepare<{ id: string; applianceRef: number }, LeftRow>(
    // why movement.source is said twice: by it SQLite knows that the partial index holds every row that is asked for.
    `WITH RECURSIVE chain (id, direction) AS (
       SELECT movement.id, CASE movement.reason WHEN 'sale' THEN 1 ELSE -1 END FROM (
         SELECT journal_ref, seq FROM document WHERE id = @id AND appliance_ref = @applianceRef
         UNION ALL
         SELECT journal_ref, seq FROM document WHERE checkout_id = @id AND appliance_ref = @applianceRef
           AND kind = 'refund' AND state = 'booked'
       ) AS said JOIN movement ON movement.source = 'entry' AND movement.journal_ref = said.journal_ref
         AND movement.seq = said.seq
       UNION ALL
       SELECT movement.id, CASE movement.reason WHEN 'correction' THEN -direction ELSE direction END
       FROM chain JOIN movement ON movement.source = 'reversal' AND movement.source <> 'entry'
         AND movement.source_ref = chain.id
     )
     SELECT account, direction, amount_minor AS amountMinor FROM chain
     JOIN posting ON posting.movement_id = chain.id
     WHERE account = 'payable:tax' OR account LIKE 'payable:payee:%' ORDER BY chain.id, line`,
  );

  // Thousands of products have a few splits between them.
  const parsed = new Map<string, Split>();
  const parse = (body: string): Split => {
    const known = parsed.get(body);
    if (known) return known;
    if (parsed.size >= parsedMax) parsed.clear();
    const split = SplitBody.parse(JSON.parse(body));
    parsed.set(body, split);
    return split;
  };

  const table: SplitTable = {
    at: (version) => (sku) => {
      const body = splitOf.get(sku, version ?? versionForAll.get() ?? 0);
      return body === undefined || body === null ? null : parse(body);
    },
    ofSale({ journalRef, seq }) {
      const entry = saleOf(present(bodyAt.get(journalRef, seq), 'the entry of the sale'));
      return saleShares(entry, entry.checkout.totalMinor, table.at(entry.catalogueVersion));
    },
    standing(applianceRef, checkoutId) {
      const sale = saleOf(present(saleBody.get(checkoutId, applianceRef), 'the entry of the sale'));
      return {
        lines: lineShares(sale, sale.checkout.totalMinor, table.at(sale.catalogueVersion)),
        earlier: refundBodies.all(checkoutId, applianceRef).flatMap(linesOf),
        left: summed(left.all({ id: checkoutId, applianceRef }).map(shareOf)),
      };
    },
  };
  return table;
}

function saleOf(body: Buffer): CheckoutEntry {
  return CheckoutEntry.parse(JSON.parse(body.toString('utf8')));
}

function linesOf(body: Buffer): RefundedLine[][] {
  const entry = Entry.parse(JSON.parse(body.toString('utf8')));
  return entry.kind === 'refund' && 'checkoutId' in entry.refund && entry.refund.lines
    ? [entry.refund.lines]
    : [];
}

/** A sale credits a share and debits its fee, a refund the other way round. */
function shareOf({ account, direction, amountMinor }: LeftRow): Share {
  return amountMinor < 0 === direction > 0
    ? { account, amountMinor: -amountMinor, feeMinor: 0 }
    : { account, amountMinor: 0, feeMinor: amountMinor };
}
