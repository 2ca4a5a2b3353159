// What people do with exceptions: judged, kept in the history and in the audit log, and carried out, all in one transaction.
// Above the limit a settlement is a proposal, until another person confirms it.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import { actorWords, type By } from '../../people/actor.ts';
import { needsSecondPerson, personOf, type SecondPersonLimits } from '../../people/second-person.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import {
  actionHints,
  atStake,
  type ExceptionActed,
  type ExceptionAction,
  type ExceptionView,
  isSettling,
  judgeAction,
  type SettlingAction,
} from '../exceptions.ts';
import type { ReconciliationCalls } from '../port.ts';
import { centrals, type ExceptionRows } from './exception-row.ts';

export function createActing(
  db: Database.Database,
  rows: ExceptionRows,
  { books, audit, tell }: { books: Books; audit: Audit; tell: Tell },
): Pick<ReconciliationCalls, 'actOnException'> {
  const { read, note, settle } = rows;
  const setOwner = db.prepare('UPDATE exception SET owner = ? WHERE ref = ?');
  const setDue = db.prepare('UPDATE exception SET chase_due_ms = ? WHERE ref = ?');
  const insertPart = db.prepare(
    `INSERT INTO exception (key, status, processor, reference, currency, amount_minor, rows, rows_count, state, owner,
       since_ms, opened_ms, split_from, last_run)
     SELECT @key, status, processor, reference, currency, @amountMinor, rows, rows_count, 'open', @owner, since_ms, @nowMs,
       -- Parts of a part stand as long as the whole does.
       coalesce(split_from, ref), last_run FROM exception WHERE ref = @ref`,
  );
  // why all of it: neither what is split nor what is merged may slip below the limit that the whole is above.
  const wholeMinor = db
    .prepare<{ ref: number }, bigint>(
      `WITH RECURSIVE whole (ref) AS (
         VALUES (@ref)
         UNION SELECT m.ref FROM exception m JOIN whole w ON m.merged_into = w.ref
         UNION SELECT e.split_from FROM exception e JOIN whole w ON e.ref = w.ref WHERE e.split_from IS NOT NULL)
       SELECT coalesce(sum(max(abs(amount_minor), abs(coalesce(difference_minor, 0)))), 0) FROM exception
       WHERE ref IN whole AND split_from IS NULL`,
    )
    .pluck()
    .safeIntegers();

  function settleBy(ref: number, action: SettlingAction, event: number, nowMs: number): void {
    switch (action.kind) {
      case 'accept':
        settle(ref, 'accepted', nowMs);
        return;
      case 'received':
        settle(ref, 'received', nowMs);
        return;
      case 'correct':
        books.piece(() =>
          books.addMovement({ kind: 'exception', ref: event }, 'correction', action.postings, nowMs),
        );
        settle(ref, 'corrected', nowMs);
    }
  }

  /** What neither settles by money nor is about a proposal. */
  function carryOut(
    ref: number,
    action: Exclude<ExceptionAction, SettlingAction | { kind: 'confirm' }>,
    event: number,
    nowMs: number,
  ): void {
    switch (action.kind) {
      case 'note':
        return;
      case 'assign':
        setOwner.run(action.owner, ref);
        return;
      case 'chase':
        setDue.run(action.dueMs, ref);
        return;
      case 'withdraw':
        rows.withdraw(ref);
        return;
      case 'merge':
        rows.dropProposal(action.into, `exception ${ref} was merged into it`, nowMs);
        settle(ref, 'merged', nowMs, action.into);
        return;
      case 'split':
        settle(ref, 'split', nowMs);
        for (const [at, { amountMinor, owner }] of action.parts.entries()) {
          const key = `part ${at + 1} of ${ref} by ${event}`;
          const part = Number(insertPart.run({ key, amountMinor, owner, nowMs, ref }).lastInsertRowid);
          note(part, { atMs: nowMs, who: centrals, action: 'opened', note: `part of exception ${ref}` });
          tellPart(part, nowMs);
        }
    }
  }

  /** A part is an exception of its own, and whoever hears of those hears of it. */
  function tellPart(part: number, nowMs: number): void {
    const { status, processor, reference, currency, amountMinor, differenceMinor, splitFrom } = present(
      read(part),
      'the part',
    );
    const what = { status, processor, reference, currency, amountMinor, differenceMinor };
    tell('exception.opened', `exception ${part}`, { number: part, ...what, again: false, splitFrom }, nowMs);
  }

  return {
    actOnException({ ref, action, secondPersonAboveMinor }, by) {
      const exception = read(ref);
      if (!exception) return { kind: 'unknown' };
      const into = action.kind === 'merge' ? read(action.into) : null;
      const refused = judgeAction(exception, action, { into, nowMs: by.nowMs });
      if (refused !== null) return { kind: 'refused', code: refused, hint: actionHints[refused] };
      if (action.kind === 'confirm') return confirm(exception, action, by);
      const isProposal = isSettling(action) && isAboveLimit(exception, action, secondPersonAboveMinor);
      const { note: words, ...what } = action;
      if (isProposal && isSettling(what)) {
        rows.propose(ref, say(ref, 'propose', words, { proposed: what }, by));
        return {
          kind: 'proposed',
          exception: told(exception, 'propose', { note: words, proposed: what }, by),
        };
      }
      const { kind, ...detail } = what;
      const event = say(ref, kind, words, detail, by);
      if (isSettling(action)) settleBy(ref, action, event, by.nowMs);
      else carryOut(ref, action, event, by.nowMs);
      return { kind: 'done', exception: told(exception, kind, { note: words, ...detail }, by) };
    },
  };

  function isAboveLimit(
    { ref, currency }: ExceptionView,
    action: SettlingAction,
    limits: SecondPersonLimits,
  ) {
    const amountMinor = present(wholeMinor.get({ ref }), 'a sum');
    return needsSecondPerson(atStake({ currency, amountMinor }, action), limits);
  }

  function confirm(
    exception: ExceptionView,
    { proposal, note: words }: { proposal: number; note: string },
    by: By,
  ): ExceptionActed {
    const { ref } = exception;
    const { actor, who: proposedBy, action } = rows.proposed(proposal);
    if (personOf(actor) === personOf(by.actor)) return { kind: 'second_person_needed' };
    const { kind, ...lines } = action;
    const detail = { ...lines, proposal, proposedBy };
    settleBy(ref, action, say(ref, kind, words, detail, by), by.nowMs);
    return { kind: 'done', exception: told(exception, kind, { note: words, ...detail }, by) };
  }

  function say(ref: number, action: string, words: string, detail: object, { actor, nowMs }: By): number {
    return note(ref, { atMs: nowMs, who: actorWords(actor), action, note: words, actor }, detail);
  }

  /** In the audit log, with what it changed. */
  function told(before: ExceptionView, kind: string, detail: Record<string, unknown>, by: By): ExceptionView {
    const after = present(read(before.ref), 'exception');
    audit(by, `exception.${kind}`, `exception ${before.ref}`, {
      ...detail,
      before: { state: before.state, owner: before.owner },
      after: { state: after.state, owner: after.owner },
    });
    return after;
  }
}
