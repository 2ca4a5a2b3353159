// Proves the ledger from its own rows: sums, sources, completeness, balances and every chain from the raw bytes.
import type Database from 'better-sqlite3';
import { chainHash, genesisHash } from '../../../contract/hash.ts';
import { collectionChecks } from '../../charging/sqlite/check-collections.ts';
import type { CheckReport } from '../port.ts';

interface Failure {
  code: string;
  detail: string;
}

/** Reads everything in one snapshot: a service that runs beside it is not disturbed. */
export function checkLedger(db: Database.Database): CheckReport {
  return db.transaction(() => {
    const count = (table: string) =>
      db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    return {
      journals: count('journal'),
      entries: count('entry'),
      waiting: waiting(db),
      movements: count('movement'),
      parked: count('parked'),
      totals: totals(db),
      failures: [...statementFailures(db), ...chainFailures(db)],
    };
  })();
}

/** Each statement selects what must not exist; `detail` says where. */
const mustBeEmpty: readonly { code: string; sql: string }[] = [
  ...collectionChecks,
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
    sql: `SELECT 'entry ' || entry.seq || ' of journal ' || journal.id || ' is booked, recorded or parked '
        || ((SELECT count(*) FROM document d WHERE d.journal_ref = entry.journal_ref AND d.seq = entry.seq)
          + (SELECT count(*) FROM parked p WHERE p.journal_ref = entry.journal_ref AND p.seq = entry.seq)
          + (SELECT count(*) FROM decision c WHERE c.journal_ref = entry.journal_ref AND c.seq = entry.seq))
        || ' times' AS detail
      FROM entry JOIN journal ON journal.ref = entry.journal_ref
      WHERE (SELECT count(*) FROM document d WHERE d.journal_ref = entry.journal_ref AND d.seq = entry.seq)
        + (SELECT count(*) FROM parked p WHERE p.journal_ref = entry.journal_ref AND p.seq = entry.seq)
          + (SELECT count(*) FROM decision c WHERE c.journal_ref = entry.journal_ref AND c.seq = entry.seq)
        <> (entry.seq <= journal.booked_through)`,
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
];

/** How many rows of one kind of failure are told: the first ones say what is wrong. */
const toldMax = 20;

function statementFailures(db: Database.Database): Failure[] {
  return mustBeEmpty.flatMap(({ code, sql }) =>
    db
      .prepare<[], { detail: string }>(`${sql} LIMIT ${toldMax}`)
      .all()
      .map(({ detail }) => ({ code, detail })),
  );
}

/** Recomputes each journal's chain from the first raw byte to its position. */
function chainFailures(db: Database.Database): Failure[] {
  const journals = db
    .prepare<[], { ref: number; id: string; receivedThrough: number; hash: Buffer }>(
      'SELECT ref, id, received_through AS receivedThrough, received_hash AS hash FROM journal ORDER BY ref',
    )
    .all();
  const entries = db.prepare<[number], { seq: number; body: Buffer }>(
    'SELECT seq, body FROM entry WHERE journal_ref = ? ORDER BY seq',
  );
  return journals.flatMap((journal) => {
    let hash: Buffer = genesisHash;
    let last = 0;
    for (const { seq, body } of entries.iterate(journal.ref)) {
      if (seq !== last + 1) {
        return [{ code: 'journal_gap', detail: `journal ${journal.id} has no entry ${last + 1}` }];
      }
      hash = chainHash(hash, seq, body);
      last = seq;
    }
    if (last !== journal.receivedThrough) {
      const detail = `journal ${journal.id} ends at ${last}, its receipt at ${journal.receivedThrough}`;
      return [{ code: 'journal_short', detail }];
    }
    if (hash.equals(journal.hash)) return [];
    return [{ code: 'chain_broken', detail: `journal ${journal.id} differs from its receipt at ${last}` }];
  });
}

function waiting(db: Database.Database): number {
  const sum = 'SELECT coalesce(sum(received_through - booked_through), 0) FROM journal';
  return db.prepare<[], number>(sum).pluck().get() ?? 0;
}

function totals(db: Database.Database): CheckReport['totals'] {
  const rows = db
    .prepare<[], { account: string; currency: string; balanceMinor: bigint }>(
      'SELECT name AS account, currency, balance_minor AS balanceMinor FROM account ORDER BY currency, name',
    )
    .safeIntegers()
    .all();
  return [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, balances]) => ({
    currency,
    balances: balances.map(({ account, balanceMinor }) => ({ account, balanceMinor })),
  }));
}
