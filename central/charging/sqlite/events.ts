// What processors tell by themselves: the same as a look-up's result, at any time, twice, late or out of order.
import type Database from 'better-sqlite3';
import { unreachable } from '../../../kit/assert.ts';
import { move } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import type { ChargeState, DisputeState, ProcessorEvent } from '../../processors/port.ts';
import { declinedBy, isOpen, learnCharge, learnRefund } from '../learn.ts';
import type { ApplyEvent, ApplyOlder } from '../port.ts';
import type { AttemptRow, AttemptTable } from './attempts.ts';
import type { Case, Cases } from './case.ts';
import type { Heard } from './consequences.ts';
import { declinesBefore, type Learning } from './learning.ts';

export function createEvents(
  db: Database.Database,
  { attempts }: { attempts: AttemptTable },
  cases: Cases,
  { learning, books }: { learning: Learning; books: Pick<Books, 'addMovement'> },
): { apply: ApplyEvent; applyOlder: ApplyOlder } {
  const findDispute = db.prepare<[string, string], { ref: number; state: 'open' | 'won' | 'lost' }>(
    'SELECT ref, state FROM dispute WHERE processor = ? AND dispute_id = ?',
  );
  const addDispute = db.prepare(
    `INSERT INTO dispute (collection_ref, processor, dispute_id, amount_minor, state, opened_ms)
     VALUES (?, ?, ?, CAST(? AS INTEGER), 'open', ?)`,
  );
  const setDispute = db.prepare('UPDATE dispute SET state = ? WHERE ref = ?');

  function inCase(row: AttemptRow): { one: Case; attempt: AttemptRow } {
    const one = cases.load(row.collectionRef);
    return { one, attempt: one.attempts.find(({ ref }) => ref === row.ref) ?? row };
  }

  function applyCharge(row: AttemptRow, charge: ChargeState, heard: Heard, nowMs: number): boolean {
    const { one, attempt } = inCase(row);
    const learned =
      charge.state === 'declined' && isOpen(attempt)
        ? declinedBy(attempt, charge.decline ?? unnamed, declinesBefore(one, attempt), nowMs)
        : learnCharge(attempt, charge);
    const takesNothing =
      learned === null ||
      (learned.state === attempt.state && (learned.charge === null || one.data.capturedMinor > 0)) ||
      (learned.charge?.kind === 'voided' && one.data.capturedMinor > 0);
    if (takesNothing) return false;
    learning.take(one, attempt, learned, heard, nowMs);
    return true;
  }

  /** Told of the charge by its id, or by the capture that has failed: days after it was booked, or before it was heard of. */
  function applyCaptureFailed(processor: string, event: ProcessorEvent, charge: ChargeState, nowMs: number) {
    const row = attempts.findNamed(processor, {
      reference: event.answers?.reference ?? charge.reference,
      chargeId: charge.chargeId,
    });
    if (row === null) return 'unknown_object';
    const { one, attempt } = inCase(row);
    const heard: Heard = { kind: 'webhook', detail: `${event.type} ${event.eventId}` };
    if (isOpen(attempt)) return applyCharge(row, charge, heard, nowMs) ? 'applied' : 'nothing_to_do';
    return learning.captureFailed(one, attempt, heard, nowMs) ? 'applied' : 'nothing_to_do';
  }

  /**
   * What is held for a dispute and what comes back is booked by the processor's report, where it has moved (central/
   * reconciliation/targets.ts); no report says that one is lost, so that is booked here. Each has one source, in any order.
   */
  function applyDispute(row: AttemptRow, dispute: DisputeState, nowMs: number): boolean {
    const { state, disputeId, amount } = dispute;
    // Asked for, no money in it.
    if (state === 'inquiry' || state === 'closed') return false;
    const { processor } = row;
    const { one } = inCase(row);
    const known = findDispute.get(processor, disputeId);
    const { currency, amountMinor } = amount;
    const opened = () => {
      const { lastInsertRowid } = addDispute.run(one.data.ref, processor, disputeId, amountMinor, nowMs);
      cases.tell(one, one.data.checkoutId, 'disputed', nowMs);
      return { ref: Number(lastInsertRowid), state: 'open' as const };
    };
    const standing = known ?? opened();
    if (standing.state !== 'open' || (state !== 'won' && state !== 'lost')) return known === undefined;
    setDispute.run(state, standing.ref);
    if (state === 'lost') {
      const postings = move(currency, amountMinor, 'expense:dispute_loss', 'receivable:dispute');
      books.addMovement({ kind: 'dispute', ref: standing.ref }, 'dispute_lost', postings, nowMs);
    }
    return true;
  }

  function apply(processor: string, event: ProcessorEvent, nowMs: number) {
    const { about } = event;
    const heard: Heard = { kind: 'webhook', detail: `${event.type} ${event.eventId}` };
    const done = (changed: boolean) => (changed ? 'applied' : 'nothing_to_do');
    switch (about.kind) {
      case 'charge': {
        if (about.charge.state === 'capture_failed') {
          return applyCaptureFailed(processor, event, about.charge, nowMs);
        }
        const row = attempts.findNamed(processor, about.charge);
        return row === null ? 'unknown_object' : done(applyCharge(row, about.charge, heard, nowMs));
      }
      case 'refund': {
        const row = attempts.findRefund(processor, about.refund);
        if (row === null) return 'unknown_object';
        const { one, attempt } = inCase(row);
        const learned = learnRefund(attempt, about.refund, nowMs);
        if (learned) learning.take(one, attempt, learned, heard, nowMs);
        return done(learned !== null);
      }
      case 'dispute': {
        const { reference } = about.dispute;
        const row = attempts.findNamed(processor, { reference, chargeId: about.chargeId });
        return row === null ? 'unknown_object' : done(applyDispute(row, about.dispute, nowMs));
      }
      case 'report':
      case 'other':
        return 'nothing_to_do';
      default:
        return unreachable(about);
    }
  }

  /** The end of a capture or void that was only taken on by its call. */
  function applyAnswer(processor: string, event: ProcessorEvent, nowMs: number) {
    if (event.answers === undefined) return null;
    const { chargeId, reference, purpose, done } = event.answers;
    const row = attempts.findNamed(processor, { reference, chargeId: null });
    if (row === null) return null;
    const { one, attempt } = inCase(row);
    // A capture that was asked for with the charge goes by the charge's own reference, and is not the charge.
    if (attempt.purpose !== purpose || !isOpen(attempt)) return null;
    const { amountMinor, currency } = attempt;
    const state = purpose === 'capture' ? ('captured' as const) : ('voided' as const);
    const amount = { currency, amountMinor };
    const charge = { chargeId, reference, state, amount, capturedMinor: amountMinor, decline: null };
    const failed = { declineClass: 'do_not_retry', code: `${purpose}_failed` } as const;
    const learned = done ? learnCharge(attempt, charge) : declinedBy(attempt, failed, 0, nowMs);
    learning.take(
      one,
      attempt,
      learned,
      { kind: 'webhook', detail: `${event.type} ${event.eventId}` },
      nowMs,
    );
    return 'applied' as const;
  }

  /** The attempt that an event names by its own reference or id, where its outcome is open. */
  function namesOpen(processor: string, { about }: ProcessorEvent): boolean {
    const row =
      about.kind === 'charge'
        ? attempts.findNamed(processor, about.charge)
        : about.kind === 'refund'
          ? attempts.findRefund(processor, about.refund)
          : null;
    return row !== null && isOpen(row);
  }

  return {
    apply: ({ processor, event }, nowMs) =>
      applyAnswer(processor, event, nowMs) ?? apply(processor, event, nowMs),
    applyOlder({ processor, event, newest }, nowMs) {
      // An attempt has one end, however late it is heard of; the charge is what was said of it last.
      const answered = applyAnswer(processor, event, nowMs);
      if (answered === null && !namesOpen(processor, event)) return 'nothing_to_do';
      const { answers: _, ...rest } = event;
      const shown = apply(processor, { ...rest, about: newest }, nowMs);
      return answered ?? shown;
    },
  };
}

const unnamed = { declineClass: 'do_not_retry', code: 'card_declined' } as const;
