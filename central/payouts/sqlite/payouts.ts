// Payouts: ranges of a payee's account, one after the other, and the steps of each, with what they move in the books.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { move, type Posting, reversed } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import { actorWords, type By } from '../../people/actor.ts';
import { needsSecondPerson, personOf } from '../../people/second-person.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import { payeeTransit } from '../../reconciliation/payees.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import { mayBecome } from '../next-state.ts';
import type { PayoutCalls, PayoutEvent, PayoutState, PayoutStep, PayoutView } from '../port.ts';
import { cutoffMs, judgePayout } from '../prepare.ts';
import { createPayeeLines } from './payee-lines.ts';

export type PayoutTable = Pick<
  PayoutCalls,
  'preparePayout' | 'changePayout' | 'payouts' | 'payout' | 'payoutLines'
>;

const columns = `ref AS number, payee, currency, amount_minor AS amountMinor, state, bank, reference,
  prepared_ms AS preparedMs FROM payout`;

export function createPayoutTable(
  db: Database.Database,
  books: Books,
  audit: Audit,
  tell: Tell,
): PayoutTable {
  const lines = createPayeeLines(db);
  const takenThrough = db
    .prepare<[string, string], number>(
      `SELECT coalesce(max(through_movement), 0) FROM payout WHERE payee = ? AND currency = ? AND state <> 'failed'`,
    )
    .pluck();
  const open = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM payout WHERE payee = ? AND currency = ? AND state IN ('prepared', 'approved')`,
    )
    .pluck();
  const balance = db
    .prepare<[string, string], bigint>('SELECT balance_minor FROM account WHERE name = ? AND currency = ?')
    .pluck()
    .safeIntegers();
  const insert = db.prepare(
    `INSERT INTO payout (payee, currency, amount_minor, after_movement, through_movement, bank, state, prepared_ms)
     VALUES (?, ?, ?, ?, ?, ?, 'prepared', ?)`,
  );
  const setState = db.prepare('UPDATE payout SET state = ?, reference = ? WHERE ref = ?');
  const insertEvent = db.prepare(
    `INSERT INTO payout_event (payout_ref, number, kind, note, actor, person, at_ms)
     SELECT @ref, count(*) + 1, @kind, @note, @actor, @person, @atMs FROM payout_event WHERE payout_ref = @ref`,
  );
  const one = db.prepare<[number], PayoutView>(`SELECT ${columns} WHERE ref = ?`);
  const some = db.prepare<object, PayoutView>(
    `SELECT ${columns} WHERE ref < @before AND (@payee IS NULL OR payee = @payee)
       AND (@state IS NULL OR state = @state) ORDER BY ref DESC LIMIT @rows`,
  );
  const events = db.prepare<[number], PayoutEvent>(
    'SELECT kind, note, actor, at_ms AS atMs FROM payout_event WHERE payout_ref = ? ORDER BY number',
  );
  // NULL where it was prepared before persons were written down: nobody can say that it was another one.
  const preparedBy = db
    .prepare<[number], string | null>(
      `SELECT person FROM payout_event WHERE payout_ref = ? AND kind = 'prepared'`,
    )
    .pluck();
  const range = db.prepare<[number], { payee: string; currency: string; after: number; through: number }>(
    'SELECT payee, currency, after_movement AS after, through_movement AS through FROM payout WHERE ref = ?',
  );

  const paidOf = db.prepare<[number], Posting>(
    `SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id =
       -- why the first words: by them the index of a movement's source is found.
       (SELECT id FROM movement WHERE source <> 'entry' AND source = 'payout' AND source_ref = ? AND reason = 'payee_paid')
     ORDER BY line`,
  );

  const note = (ref: number, kind: PayoutState, text: string, by: By) => {
    const who = { actor: actorWords(by.actor), person: personOf(by.actor) };
    insertEvent.run({ ref, kind, note: text, ...who, atMs: by.nowMs });
    audit(by, `payout.${kind}`, `payout ${ref}`, { note: text });
  };

  function isOwn(number: number, { actor }: By): boolean {
    const person = preparedBy.get(number) ?? null;
    return person === null || person === personOf(actor);
  }

  /** What the step moves: paid, it is on its way to the bank, which shows it in its own time; returned, the same back. */
  function book(
    { number, payee, currency, amountMinor }: PayoutView,
    kind: PayoutState,
    nowMs: number,
  ): void {
    const source = { kind: 'payout', ref: number } as const;
    if (kind === 'paid') {
      const paid = move(currency, amountMinor, `payable:payee:${payee}`, payeeTransit);
      books.piece(() => books.addMovement(source, 'payee_paid', paid, nowMs));
    }
    if (kind === 'returned') {
      // why read: payouts of the releases before were taken from the bank at once, and come back to it.
      const back = reversed(paidOf.all(number));
      books.piece(() => books.addMovement(source, 'correction', back, nowMs));
    }
  }

  return {
    preparePayout({ payee, currency, untilMs, rule }, by) {
      const after = takenThrough.get(payee, currency) ?? 0;
      const before = cutoffMs(Math.min(untilMs, by.nowMs), rule);
      const due = lines.due({ payee, currency, after, beforeMs: before });
      const owedMinor = -(balance.get(`payable:payee:${payee}`, currency) ?? 0n);
      const facts = {
        currency,
        open: (open.get(payee, currency) ?? 0) > 0,
        owedMinor,
        dueMinor: due.sumMinor,
      };
      const judged = judgePayout(facts, rule);
      if (judged.kind === 'carried') return judged;
      const said = [payee, currency, judged.amountMinor, after, due.through, rule.bank, by.nowMs];
      const number = Number(insert.run(...said).lastInsertRowid);
      note(number, 'prepared', `${judged.amountMinor} ${currency} to ${payee}`, by);
      return { kind: 'prepared', payout: present(one.get(number), 'the payout just made') };
    },

    changePayout({ number, step, rules }, by) {
      const payout = one.get(number);
      if (!payout) return { kind: 'payout_unknown' };
      if (!mayBecome(payout.state, step.kind)) return { kind: 'not_now', state: payout.state };
      const ownAllowed = rules.approveOwn && !needsSecondPerson([payout], rules.secondPersonAboveMinor);
      if (step.kind === 'approved' && !ownAllowed && isOwn(number, by)) return { kind: 'same_person' };
      setState.run(step.kind, step.kind === 'paid' ? step.reference : payout.reference, number);
      book(payout, step.kind, by.nowMs);
      note(number, step.kind, wordsOf(step), by);
      const changed = present(one.get(number), 'the payout just changed');
      if (step.kind === 'paid' || step.kind === 'returned') {
        const { payee, currency, amountMinor, reference } = changed;
        const type = step.kind === 'paid' ? 'payout.made' : 'payout.returned';
        tell(type, `payout ${number}`, { number, payee, currency, amountMinor, reference }, by.nowMs);
      }
      return { kind: 'changed', payout: changed };
    },

    payouts({ payee, state, cursor, limit }) {
      const rows = some.all({ before: cursor ?? Number.MAX_SAFE_INTEGER, payee, state, rows: limit + 1 });
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    payout(number) {
      const found = one.get(number);
      return found ? { ...found, events: events.all(number) } : null;
    },
    payoutLines({ number, after, limit }) {
      const found = range.get(number);
      return found ? lines.page(found, after, limit) : [];
    },
  };
}

function wordsOf(step: PayoutStep): string {
  switch (step.kind) {
    case 'approved':
      return '';
    case 'paid':
      return step.reference;
    case 'failed':
    case 'returned':
      return step.reason;
  }
}
