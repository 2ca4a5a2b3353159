// The lines of a payee's account: what is due of them, and each as a statement shows it. Money that left by a payout is no
// line of another.
import type Database from 'better-sqlite3';
import type { PayoutLine } from '../port.ts';

interface Account {
  payee: string;
  currency: string;
}

export interface PayeeLines {
  /** What was booked after one movement and before a moment, and through which movement that is. */
  due(of: Account & { after: number; beforeMs: number }): { sumMinor: bigint; through: number };
  page(
    of: Account & { after: number; through: number },
    from: { movementId: number; line: number },
    limit: number,
  ): PayoutLine[];
}

interface LineRow extends Omit<PayoutLine, 'kind'> {
  source: string;
  reason: string;
}

// why the bounds of the partial index stand here again: only then SQLite uses it (migration 0012).
const ofPayee = `posting.account = 'payable:payee:' || @payee AND posting.currency = @currency
  AND posting.account > 'payable:payee:' AND posting.account < 'payable:payee;'
  AND posting.account <> 'payable:payee:house'
  AND NOT (movement.source = 'payout' AND movement.reason = 'payee_paid')`;
const postings = `posting JOIN movement ON movement.id = posting.movement_id WHERE ${ofPayee}`;

export function createPayeeLines(db: Database.Database): PayeeLines {
  const firstLate = db
    .prepare<object, number>(
      `SELECT posting.movement_id FROM ${postings} AND posting.movement_id > @after AND movement.booked_ms >= @beforeMs
       ORDER BY posting.movement_id LIMIT 1`,
    )
    .pluck();
  const due = db
    .prepare<object, { sumMinor: bigint; through: bigint }>(
      `SELECT coalesce(-sum(posting.amount_minor), 0) AS sumMinor, coalesce(max(posting.movement_id), 0) AS through
       FROM ${postings} AND posting.movement_id > @after AND posting.movement_id < @end`,
    )
    .safeIntegers();
  const page = db.prepare<object, LineRow>(
    `SELECT posting.movement_id AS movementId, posting.line, movement.booked_ms AS bookedMs, movement.source,
       movement.reason, appliance.id AS applianceId, coalesce(document.id, decision.checkout_id) AS documentId,
       document.slip, -posting.amount_minor AS amountMinor,
       coalesce((SELECT -sum(tax.amount_minor) FROM posting AS tax
         WHERE tax.movement_id = posting.movement_id AND tax.account = 'payable:tax'), 0) AS taxMinor
     FROM posting JOIN movement ON movement.id = posting.movement_id
     LEFT JOIN document ON document.journal_ref = movement.journal_ref AND document.seq = movement.seq
     LEFT JOIN decision ON decision.journal_ref = movement.journal_ref AND decision.seq = movement.seq
     LEFT JOIN appliance ON appliance.ref = coalesce(document.appliance_ref, decision.appliance_ref)
     WHERE ${ofPayee} AND posting.movement_id > @after AND posting.movement_id <= @through
       AND (posting.movement_id, posting.line) > (@movementId, @line)
     ORDER BY posting.movement_id, posting.line LIMIT @limit`,
  );

  return {
    due({ payee, currency, after, beforeMs }) {
      const end = firstLate.get({ payee, currency, after, beforeMs }) ?? Number.MAX_SAFE_INTEGER;
      const found = due.get({ payee, currency, after, end });
      return { sumMinor: found?.sumMinor ?? 0n, through: Number(found?.through ?? 0n) };
    },
    page: ({ payee, currency, after, through }, { movementId, line }, limit) =>
      page.all({ payee, currency, after, through, movementId, line, limit }).map(lineOf),
  };
}

function lineOf({ source, reason, ...row }: LineRow): PayoutLine {
  const kind = kindOf(source, reason, row.amountMinor);
  const isGoods = kind === 'sale' || kind === 'refund' || kind === 'void';
  return { ...row, kind, taxMinor: isGoods ? row.taxMinor : 0 };
}

/** A sale gives the share and takes the fee; a refund or a void the other way round. */
function kindOf(source: string, reason: string, amountMinor: number): PayoutLine['kind'] {
  if (source === 'payout') return 'returned_payout';
  if (source !== 'entry') return 'correction';
  if (reason === 'sale') return amountMinor > 0 ? 'sale' : 'fee';
  if (amountMinor > 0) return 'fee_back';
  return reason === 'void' ? 'void' : 'refund';
}
