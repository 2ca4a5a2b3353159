// What our bank should show of payees, read from the payouts and from where the books have them.
import type Database from 'better-sqlite3';
import type { AccountName } from '../../ledger/postings.ts';
import { payeeTransit, type Transfer } from '../payees.ts';

interface Fields {
  payout: number;
  payee: string;
  name: string;
  bankReference: string;
  currency: string;
  amountMinor: number;
  reference: string;
  paidMs: number;
  returnedMs: number | null;
  account: AccountName;
}

export function readTransfers(db: Database.Database): Transfer[] {
  const rows = db
    .prepare<[], Fields>(
      `SELECT p.ref AS payout, p.payee, payee.name, payee.bank_reference AS bankReference, p.currency,
         p.amount_minor AS amountMinor, p.reference,
         (SELECT at_ms FROM payout_event WHERE payout_ref = p.ref AND kind = 'paid') AS paidMs,
         (SELECT at_ms FROM payout_event WHERE payout_ref = p.ref AND kind = 'returned') AS returnedMs,
         -- why the first words: by them the index of a movement's source is found.
         (SELECT account FROM posting WHERE amount_minor < 0 AND movement_id = (SELECT id FROM movement
           WHERE source <> 'entry' AND source = 'payout' AND source_ref = p.ref AND reason = 'payee_paid')) AS account
       FROM payout p JOIN payee ON payee.id = p.payee WHERE p.state IN ('paid', 'returned') ORDER BY p.ref`,
    )
    .all();
  return rows.flatMap(transfersOf);
}

/** Whatever was paid may come back. */
function transfersOf({ name, bankReference, amountMinor, paidMs, returnedMs, ...paid }: Fields): Transfer[] {
  const both = { ...paid, payeeNames: [name, bankReference] };
  const isInTransit = paid.account === payeeTransit;
  return [
    { ...both, way: 'out', amountMinor: -amountMinor, atMs: paidMs, awaited: isInTransit },
    {
      ...both,
      way: 'back',
      amountMinor,
      atMs: returnedMs ?? paidMs,
      awaited: isInTransit && returnedMs !== null,
    },
  ];
}
