// Charging put together over one database: what the journal wants, what is to be done next, and what was heard of it.
import type Database from 'better-sqlite3';
import type { ReviewDecided } from '../../people/sqlite/reviews.ts';
import type { ApplyEvent, ApplyOlder, ChargingCalls, PersonDecision } from '../port.ts';
import { createAttemptTable } from './attempts.ts';
import { type AnswerAsked, type Case, type ChargingParts, createCases } from './case.ts';
import { createCollectionTable, unrouted } from './collections.ts';
import { createDeciding } from './deciding.ts';
import { createEvents } from './events.ts';
import { createJoins, type Joins } from './joins.ts';
import { createLearning } from './learning.ts';
import { createMoney } from './money.ts';
import { createPlans } from './plans.ts';
import { createTellingSettled } from './settled.ts';
import { createSteps, lookUpLostMs } from './steps.ts';
import { createChargingViews } from './views.ts';

export interface Charging {
  calls: ChargingCalls;
  /** For the entries of journals, inside a piece of the books. */
  joins: Joins;
  /** For webhooks, inside their transaction. */
  applyEvent: ApplyEvent;
  applyOlder: ApplyOlder;
  /** For reviews, inside the transaction of a decision. */
  decided(decided: ReviewDecided): void;
  /** For reconciliation, inside the transaction of a piece: the bank has shown the money of these. */
  tellSettled(collections: readonly number[], nowMs: number): number[];
}

/** @param answers how pending checkouts are answered: the ledger's part */
export function createCharging(
  db: Database.Database,
  parts: ChargingParts,
  answers: { isAsked(applianceRef: number, checkoutId: string): boolean; answer: AnswerAsked },
): Charging {
  const { books, routing } = parts;
  const tables = { collections: createCollectionTable(db), attempts: createAttemptTable(db) };
  const { collections, attempts } = tables;
  const cases = createCases(parts, tables, answers.isAsked);
  const money = createMoney(db, books, collections);
  const plans = createPlans(parts, tables, cases, money);
  const learning = createLearning(parts, tables, cases, { money, plans, answerAsked: answers.answer });
  const events = createEvents(db, tables, cases, { learning, books });
  const deciding = createDeciding(parts, tables, cases, { money, plans });
  const siteOf = db.prepare<[number], string | null>('SELECT site FROM appliance WHERE ref = ?').pluck();
  const reviewOf = db
    .prepare<[string, number], string | null>(
      `SELECT (SELECT group_concat(value, ', ') FROM json_each(CAST(e.body AS TEXT), '$.review'))
       FROM document d JOIN entry e ON e.journal_ref = d.journal_ref AND e.seq = d.seq
       WHERE d.id = ? AND d.appliance_ref = ?`,
    )
    .pluck();
  const joins = createJoins(parts, tables, cases, {
    plans,
    siteOf: (applianceRef) => siteOf.get(applianceRef) ?? null,
    reviewOf: (applianceRef, checkoutId) => reviewOf.get(checkoutId, applianceRef) ?? null,
  });

  /** No processor can be asked: the kiosk is told so, and the appliance decides. */
  function answerUnknown(one: Case, nowMs: number): void {
    const { applianceRef, checkoutId } = one.data;
    const item = answers.answer({ applianceRef, checkoutId, answer: { kind: 'unknown' } }, nowMs);
    if (item) parts.appendFeed(applianceRef, [item]);
    one.asked = false;
    plans.plan(one, nowMs);
  }
  const steps = createSteps(parts, tables, cases, { plans, answerUnknown });

  const calls: ChargingCalls = {
    takeSteps: ({ places, stepsMax, nowMs }) => books.piece(() => steps.take(places, stepsMax, nowMs)),
    answered: ({ attemptRef, outcome, nowMs }) =>
      books.piece(() => learning.answered(attemptRef, outcome, nowMs)),
    lookedUp: ({ attemptRef, result, nowMs }) =>
      books.piece(() => learning.lookedUp(attemptRef, result, nowMs)),
    recoverSent: (nowMs) =>
      books.piece(() => {
        const found = attempts.onTheirWay();
        const unknown = { kind: 'unknown', reason: 'connection_lost' } as const;
        for (const { ref, collectionRef } of found) {
          learning.answered(ref, unknown, nowMs);
          attempts.hurry(collectionRef, nowMs);
          plans.plan(cases.load(collectionRef), nowMs);
        }
        const names = Object.keys(routing.processors);
        for (const name of names) collections.hurry(name, nowMs + lookUpLostMs, nowMs);
        collections.rerouteOthers([...names, unrouted], nowMs);
        return found.length;
      }),
    nextStepDueMs(processors) {
      const due = [unrouted, ...processors].map(collections.nextDueMs).filter((one) => one !== null);
      return due.length === 0 ? null : Math.min(...due);
    },
    ...createChargingViews(db),
  };

  return {
    calls,
    joins,
    tellSettled: createTellingSettled(db, parts),
    applyEvent: (told, nowMs) => books.piece(() => events.apply(told, nowMs)),
    applyOlder: (told, nowMs) => books.piece(() => events.applyOlder(told, nowMs)),
    decided: ({ applianceRef, documentId, decision, note, by }) =>
      books.piece(() => {
        deciding.decide({ applianceRef, documentId, decision: decisions[decision], note }, by.nowMs);
      }),
  };
}

const decisions: Readonly<Record<ReviewDecided['decision'], PersonDecision>> = {
  approve: 'collect',
  decline: 'give_up',
  try_again: 'try_again',
  settled_otherwise: 'settled_otherwise',
};
