// What must not exist in the books, as statements: each selects the rows that should not be there, and says where.
import type Database from 'better-sqlite3';
import type { CheckFailure } from '../views.ts';

/** How many rows of one kind of failure are told: the first ones say what is wrong. */
const toldMax = 20;

/** Where an entry stands once it was taken. */
const takenBy = ['document', 'parked', 'decision', 'salvage', 'synthetic'] as const;
const timesTaken = `(${[...takenBy, 'known']
  .map(
    (table) =>
      `(SELECT count(*) FROM ${table} AS t WHERE t.journal_ref = entry.journal_ref AND t.seq = entry.seq)`,
  )
  .join(' + ')})`;

/** Each statement selects what must not exist; `detail` says where. */
export const mustBeEmpty: readonly { code: string; sql: string }[] = [
  {
    code: 'movement_unbalanced',
    sql: `SELECT 'movement ' || movement_id || ' leaves ' || sum(amount_minor) || ' ' || currency AS detail
      FROM posting GROUP BY movement_id, currency HAVING sum(amount_minor) <> 0`,
  },
  {
    code: 'movement_empty',
    sql: `SELECT 'movement ' || id || ' has no postings' AS detail FROM movement
      WHERE NOT EXISTS (SELECT 1 FROM posting WHERE movement_id = movement.id)`,
  },
  {
    code: 'movement_without_entry',
    sql: `SELECT 'movement ' || id || ' has no entry, or one that is not booked' AS detail FROM movement
      WHERE source = 'entry' AND (NOT EXISTS (SELECT 1 FROM entry WHERE entry.journal_ref = movement.journal_ref AND entry.seq = movement.seq)
        OR NOT EXISTS (SELECT 1 FROM document WHERE document.journal_ref = movement.journal_ref
          AND document.seq = movement.seq AND document.state = 'booked'
          UNION ALL SELECT 1 FROM decision WHERE decision.journal_ref = movement.journal_ref
          AND decision.seq = movement.seq AND decision.state = 'booked'))`,
  },
  {
    code: 'document_without_movement',
    sql: `SELECT 'document ' || id || ' is booked without a movement' AS detail FROM document
      WHERE state = 'booked' AND NOT EXISTS (SELECT 1 FROM movement
        WHERE movement.journal_ref = document.journal_ref AND movement.seq = document.seq)`,
  },
  {
    code: 'entry_not_once',
    sql: `SELECT 'entry ' || entry.seq || ' of journal ' || journal.id || ' is booked, recorded, known or parked '
        || ${timesTaken} || ' times' AS detail
      FROM entry JOIN journal ON journal.ref = entry.journal_ref
      WHERE ${timesTaken} <> (entry.seq <= journal.booked_through)`,
  },
  {
    code: 'known_without_twin',
    sql: `SELECT 'entry ' || known.seq || ' of journal ' || journal.id || ' is taken for one that is not the same' AS detail
      FROM known JOIN journal ON journal.ref = known.journal_ref
      JOIN entry ON entry.journal_ref = known.journal_ref AND entry.seq = known.seq
      WHERE NOT EXISTS (SELECT 1 FROM entry AS twin JOIN journal AS other ON other.ref = twin.journal_ref
        WHERE twin.journal_ref = known.of_journal_ref AND twin.seq = known.of_seq AND twin.body = entry.body
        AND other.appliance_ref = journal.appliance_ref AND other.ref <> journal.ref
        AND EXISTS (${takenBy.map((table) => `SELECT 1 FROM ${table} AS t WHERE t.journal_ref = twin.journal_ref AND t.seq = twin.seq`).join(' UNION ALL ')}))`,
  },
  {
    code: 'authorisation_left_hanging',
    sql: `SELECT 'checkout ' || d.id || ' was refused and its sale still stands' AS detail FROM document d
      JOIN decision c ON c.appliance_ref = d.appliance_ref AND c.checkout_id = d.id
      WHERE c.verdict IN ('refused', 'declined') AND d.state = 'booked' AND c.state <> 'booked'`,
  },
  {
    code: 'balance_differs',
    sql: `SELECT coalesce(a.name, s.account) || ' ' || coalesce(a.currency, s.currency) || ' says '
        || coalesce(a.balance_minor, 'nothing') || ', its postings ' || coalesce(s.total, 'nothing') AS detail
      FROM account a FULL JOIN (SELECT account, currency, sum(amount_minor) AS total FROM posting
        GROUP BY account, currency) s ON s.account = a.name AND s.currency = a.currency
      WHERE a.balance_minor IS NOT s.total`,
  },
  {
    code: 'currency_unbalanced',
    sql: `SELECT currency || ' sums to ' || sum(balance_minor) AS detail FROM account
      GROUP BY currency HAVING sum(balance_minor) <> 0`,
  },
  {
    code: 'sale_differs',
    sql: `SELECT 'movement ' || movement.id || ' sells ' || coalesce(sold.amount_minor, 0) || ', its document '
        || document.total_minor AS detail
      FROM movement JOIN document ON document.journal_ref = movement.journal_ref AND document.seq = movement.seq
      LEFT JOIN (SELECT movement_id, sum(amount_minor) AS amount_minor FROM posting
        WHERE account = 'receivable:customer' GROUP BY movement_id) AS sold ON sold.movement_id = movement.id
      WHERE movement.source = 'entry' AND movement.reason = 'sale'
        AND sold.amount_minor IS NOT document.total_minor`,
  },
  {
    code: 'fee_differs',
    sql: `SELECT 'movement ' || movement.id || ' takes other fees from its payees than the marketplace gets' AS detail
      FROM movement JOIN posting ON posting.movement_id = movement.id
      WHERE movement.source = 'entry' AND movement.reason = 'sale' GROUP BY movement.id
      HAVING sum(CASE WHEN account = 'income:fee:marketplace' THEN amount_minor
        WHEN account LIKE 'payable:payee:%' AND amount_minor > 0 THEN amount_minor ELSE 0 END) <> 0`,
  },
  {
    code: 'payout_differs',
    sql: `SELECT 'payout ' || payout.ref || ' is of ' || payout.amount_minor || ', its lines come to '
        || coalesce(-sum(posting.amount_minor), 0) AS detail
      FROM payout
      LEFT JOIN posting ON posting.account = 'payable:payee:' || payout.payee AND posting.currency = payout.currency
        AND posting.account > 'payable:payee:' AND posting.account < 'payable:payee;'
        AND posting.account <> 'payable:payee:house'
        AND posting.movement_id > payout.after_movement AND posting.movement_id <= payout.through_movement
        AND NOT EXISTS (SELECT 1 FROM movement WHERE movement.id = posting.movement_id
          AND movement.source = 'payout' AND movement.reason = 'payee_paid')
      GROUP BY payout.ref HAVING coalesce(-sum(posting.amount_minor), 0) <> payout.amount_minor`,
  },
  {
    code: 'payouts_overlap',
    sql: `SELECT 'payouts ' || a.ref || ' and ' || b.ref || ' pay the same lines' AS detail FROM payout a
      JOIN payout b ON b.payee = a.payee AND b.currency = a.currency AND b.ref > a.ref
        AND b.after_movement < a.through_movement AND a.after_movement < b.through_movement
      WHERE a.state <> 'failed' AND b.state <> 'failed'`,
  },
  {
    code: 'payout_unmoved',
    sql: `SELECT 'payout ' || payout.ref || ' is ' || state || ' and has ' || count(movement.id) || ' movements' AS detail
      FROM payout LEFT JOIN movement ON movement.source = 'payout' AND movement.source <> 'entry'
        AND movement.source_ref = payout.ref
      GROUP BY payout.ref
      HAVING count(movement.id) <> CASE state WHEN 'paid' THEN 1 WHEN 'returned' THEN 2 ELSE 0 END`,
  },
];

export function statementFailures(
  db: Database.Database,
  { code, sql }: { code: string; sql: string },
): CheckFailure[] {
  return db
    .prepare<[], { detail: string }>(`${sql} LIMIT ${toldMax}`)
    .all()
    .map(({ detail }) => ({ code, detail }));
}
