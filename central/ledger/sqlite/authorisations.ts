// Pending checkouts at central: what was asked and answered, and the movements and words that follow. Each function
// works inside the transaction of its caller.
import type Database from 'better-sqlite3';
import type { CheckoutEntry, DecisionEntry } from '../../../contract/entry.ts';
import type { FeedItem } from '../../../contract/feed.ts';
import type { VerdictKind } from '../../../contract/verdict.ts';
import { present } from '../../../kit/assert.ts';
import type { AnswerAsked } from '../../charging/sqlite/case.ts';
import { type AnswerState, afterAnswer, afterDecision, decisionRefused, type Step } from '../authorise.ts';
import { type Authorisation, declaredAnswer } from '../declared-answers.ts';
import { reversed, salePostings } from '../postings.ts';
import type { ParkReason } from '../settle.ts';
import type { Books, Source } from './books.ts';
import type { SplitTable } from './split-table.ts';

export interface Due {
  applianceRef: number;
  outcome: FeedItem | null;
}

export interface Authorisations {
  /** A pending checkout whose document has just been added: answered now or, where that takes time, when it is due. */
  ask(source: Source, entry: CheckoutEntry): FeedItem | null;
  /** The appliance's decision. */
  decide(source: Source, entry: DecisionEntry): FeedItem | null | ParkReason;
  /** Answers at most so many that are due, the longest due first. */
  answerDue(answersMax: number, nowMs: number): Due[];
  nextDueMs(): number | null;
  /** Its kiosk is still to be answered. */
  isAsked(applianceRef: number, checkoutId: string): boolean;
  /** A processor's answer; what the appliance is told. Once: a later one changes nothing. */
  answer: AnswerAsked;
}

interface CheckoutRow {
  journalRef: number;
  seq: number;
  verdict: VerdictKind;
  currency: string;
  totalMinor: number;
}

interface DecisionRow {
  journalRef: number;
  seq: number;
  id: string;
}

/** @param collects true where processors are asked, false where the answer is declared by the token */
export function createAuthorisations(
  db: Database.Database,
  books: Books,
  splits: Pick<SplitTable, 'ofSale'>,
  collects: boolean,
): Authorisations {
  const insert = db.prepare(
    `INSERT INTO authorisation (appliance_ref, checkout_id, answer, due_ms, decline_code) VALUES (?, ?, ?, ?, ?)`,
  );
  const setAnswer = db.prepare(
    `UPDATE authorisation SET answer = ? WHERE appliance_ref = ? AND checkout_id = ? AND answer = 'waiting'`,
  );
  const answerOf = db
    .prepare<[number, string], AnswerState>(
      'SELECT answer FROM authorisation WHERE appliance_ref = ? AND checkout_id = ?',
    )
    .pluck();
  const due = db.prepare<[number, number], { applianceRef: number; checkoutId: string }>(
    `SELECT appliance_ref AS applianceRef, checkout_id AS checkoutId FROM authorisation
     WHERE answer = 'waiting' AND due_ms <= ? ORDER BY due_ms LIMIT ?`,
  );
  const nextDue = db
    .prepare<[], number | null>(`SELECT min(due_ms) FROM authorisation WHERE answer = 'waiting'`)
    .pluck();
  const checkoutOf = db.prepare<[string, number], CheckoutRow>(
    `SELECT journal_ref AS journalRef, seq, verdict, currency, total_minor AS totalMinor
     FROM document WHERE id = ? AND appliance_ref = ?`,
  );
  const setVerdict = db.prepare('UPDATE document SET verdict = ? WHERE id = ? AND appliance_ref = ?');
  const setSold = db.prepare(`UPDATE document SET state = 'booked' WHERE id = ? AND appliance_ref = ?`);
  const setVoided = db.prepare('UPDATE document SET voided_by = ? WHERE id = ? AND appliance_ref = ?');
  const insertDecision = db.prepare(
    `INSERT INTO decision (journal_ref, seq, appliance_ref, id, checkout_id, verdict, decided_by, state, currency,
       total_minor, at_ms, booked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'recorded', ?, ?, ?, ?)`,
  );
  const decisionOf = db.prepare<[number, string], DecisionRow>(
    'SELECT journal_ref AS journalRef, seq, id FROM decision WHERE appliance_ref = ? AND checkout_id = ?',
  );
  const setReversing = db.prepare(`UPDATE decision SET state = 'booked' WHERE journal_ref = ? AND seq = ?`);

  /** Books what the step says and returns what the appliance is told. */
  function take(applianceRef: number, checkoutId: string, step: Step, nowMs: number): FeedItem | null {
    if (!step.sale && !step.reversal) return outcomeOf(checkoutId, step, nowMs);
    const { currency, journalRef, seq } = present(checkoutOf.get(checkoutId, applianceRef), 'the checkout');
    const at = { journalRef, seq };
    // Nothing was refunded before a reversal: it takes back the sale as it was booked.
    const postings = salePostings(currency, splits.ofSale(at));
    if (step.sale) {
      setSold.run(checkoutId, applianceRef);
      books.addMovement({ kind: 'entry', ...at }, 'sale', postings, nowMs);
    }
    if (step.reversal) {
      const decision = present(decisionOf.get(applianceRef, checkoutId), 'the decision that takes it back');
      const reversing = { journalRef: decision.journalRef, seq: decision.seq };
      setReversing.run(reversing.journalRef, reversing.seq);
      setVoided.run(decision.id, checkoutId, applianceRef);
      books.addMovement({ kind: 'entry', ...reversing }, 'void', reversed(postings), nowMs);
    }
    return outcomeOf(checkoutId, step, nowMs);
  }

  function takeAnswer(
    applianceRef: number,
    checkoutId: string,
    answer: Authorisation,
    nowMs: number,
  ): FeedItem | null {
    const { verdict } = present(checkoutOf.get(checkoutId, applianceRef), 'the checkout');
    const outcome = take(applianceRef, checkoutId, afterAnswer(answer.kind, verdict), nowMs);
    return outcome?.kind === 'outcome' && outcome.outcome === 'declined' && answer.kind === 'declined'
      ? { ...outcome, declineCode: answer.code }
      : outcome;
  }

  return {
    ask({ applianceRef, nowMs }, { id, checkout }) {
      if (collects && checkout.totalMinor > 0) {
        insert.run(applianceRef, id, 'waiting', null, null);
        return null;
      }
      const { answer, afterMs } = declaredAnswer(checkout.payment.token);
      const code = answer.kind === 'declined' ? answer.code : null;
      if (afterMs > 0) {
        insert.run(applianceRef, id, 'waiting', nowMs + afterMs, code);
        return null;
      }
      insert.run(applianceRef, id, answer.kind, null, code);
      return takeAnswer(applianceRef, id, answer, nowMs);
    },

    decide(source, entry) {
      const { applianceRef, journalRef, seq, nowMs } = source;
      const { id, checkoutId, verdict, decidedBy, at } = entry;
      const refused = decisionRefused(books.find(applianceRef, checkoutId));
      if (refused) return refused;
      const step = afterDecision(verdict, present(answerOf.get(applianceRef, checkoutId), 'what was asked'));
      if (typeof step === 'string') return step;
      const { currency, totalMinor } = present(checkoutOf.get(checkoutId, applianceRef), 'the checkout');
      const said = [applianceRef, id, checkoutId, verdict, decidedBy, currency, totalMinor];
      insertDecision.run(journalRef, seq, ...said, at.central?.ms ?? at.wallMs, nowMs);
      setVerdict.run(verdict, checkoutId, applianceRef);
      // Central's own word came back before its answer was due: it is not given a second time.
      if (verdict === 'authorised') setAnswer.run('authorised', applianceRef, checkoutId);
      const told = take(applianceRef, checkoutId, step, nowMs);
      // Its money is still to be taken: only then is it no longer at the site's risk.
      return collects && step.outcome === 'booked' && totalMinor > 0 ? null : told;
    },

    isAsked: (applianceRef, checkoutId) => answerOf.get(applianceRef, checkoutId) === 'waiting',
    answer({ applianceRef, checkoutId, answer }, nowMs) {
      if (setAnswer.run(answer.kind, applianceRef, checkoutId).changes === 0) return null;
      return takeAnswer(applianceRef, checkoutId, answer, nowMs);
    },

    answerDue: (answersMax, nowMs) =>
      due.all(nowMs, answersMax).map(({ applianceRef, checkoutId }) => {
        // What takes time is authorised in the end, by the declared rule.
        setAnswer.run('authorised', applianceRef, checkoutId);
        return {
          applianceRef,
          outcome: takeAnswer(applianceRef, checkoutId, { kind: 'authorised' }, nowMs),
        };
      }),
    nextDueMs: () => nextDue.get() ?? null,
  };
}

function outcomeOf(checkoutId: string, { outcome }: Step, atMs: number): FeedItem | null {
  return outcome && { kind: 'outcome', id: checkoutId, outcome, atMs };
}
