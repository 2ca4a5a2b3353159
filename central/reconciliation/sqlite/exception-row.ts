// Exceptions as they lie in the database: one row each with its history, and what waits for a second person.
import type Database from 'better-sqlite3';
import type { Actor } from '../../people/actor.ts';
import type { ExceptionEvent, ExceptionView, SettlingAction } from '../exceptions.ts';

export const exceptionColumns = `ref, status, processor, reference, currency, amount_minor AS amountMinor,
  difference_minor AS differenceMinor, state, settled_as AS settledAs, owner, since_ms AS sinceMs, opened_ms AS openedMs,
  chase_due_ms AS chaseDueMs, settled_ms AS settledMs, merged_into AS mergedInto, split_from AS splitFrom, rows,
  rows_count AS rowsCount,
  (SELECT json_object('number', p.ref, 'action', p.detail ->> '$.proposed.kind', 'who', p.who, 'note', p.note, 'atMs', p.at_ms)
    FROM exception_event p WHERE p.ref = exception.proposed_by_event) AS proposal FROM exception`;

export type ExceptionFields = Omit<ExceptionView, 'rows' | 'proposal'> & {
  rows: string;
  proposal: string | null;
};

export function exceptionView({ rows, proposal, ...fields }: ExceptionFields): ExceptionView {
  return {
    ...fields,
    rows: JSON.parse(rows),
    proposal: proposal === null ? null : JSON.parse(proposal),
  };
}

type Said = Omit<ExceptionEvent, 'detail'> & { actor?: Actor };

export interface ExceptionRows {
  read(ref: number): ExceptionView | null;
  /** Adds to its history; answers the number of the event. */
  note(ref: number, said: Said, detail?: object): number;
  settle(ref: number, as: NonNullable<ExceptionView['settledAs']>, nowMs: number, into?: number): void;
  propose(ref: number, event: number): void;
  /** Who proposed what. */
  proposed(event: number): { actor: Actor; who: string; action: SettlingAction };
  /** What was proposed was said of something else than what is there now. False: nothing was. */
  dropProposal(ref: number, why: string, nowMs: number): boolean;
  withdraw(ref: number): void;
}

export const centrals = 'central, reconciliation';

export function createExceptionRows(db: Database.Database): ExceptionRows {
  const byRef = db.prepare<[number], ExceptionFields>(`SELECT ${exceptionColumns} WHERE ref = ?`);
  const settle = db.prepare(
    `UPDATE exception SET state = 'settled', settled_as = ?, settled_ms = ?, merged_into = ?, proposed_by_event = NULL
     WHERE ref = ?`,
  );
  const addEvent = db.prepare(
    `INSERT INTO exception_event (exception_ref, at_ms, who, action, note, detail, actor) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const setProposal = db.prepare('UPDATE exception SET proposed_by_event = ? WHERE ref = ?');
  const proposal = db.prepare<[number], { actor: string; who: string; detail: string }>(
    'SELECT actor, who, detail FROM exception_event WHERE ref = ?',
  );

  const note: ExceptionRows['note'] = (ref, { atMs, who, action, note: words, actor }, detail = {}) => {
    const by = actor === undefined ? null : JSON.stringify(actor);
    const said = [ref, atMs, who, action, words, JSON.stringify(detail), by];
    return Number(addEvent.run(...said).lastInsertRowid);
  };

  return {
    read(ref) {
      const fields = byRef.get(ref);
      return fields ? exceptionView(fields) : null;
    },
    note,
    settle: (ref, as, nowMs, into) => void settle.run(as, nowMs, into ?? null, ref),
    propose: (ref, event) => void setProposal.run(event, ref),
    proposed(event) {
      const row = proposal.get(event);
      if (row === undefined) throw new Error(`assertion failed: proposal ${event} is missing`);
      const { proposed } = JSON.parse(row.detail) as { proposed: SettlingAction };
      return { actor: JSON.parse(row.actor) as Actor, who: row.who, action: proposed };
    },
    dropProposal(ref, why, nowMs) {
      if (byRef.get(ref)?.proposal == null) return false;
      setProposal.run(null, ref);
      note(ref, { atMs: nowMs, who: centrals, action: 'proposal_dropped', note: why });
      return true;
    },
    withdraw: (ref) => void setProposal.run(null, ref),
  };
}
