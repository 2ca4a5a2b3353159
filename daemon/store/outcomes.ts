// Outcomes in the order in which they were applied, and events after a cursor: what a stream of events is replayed from.
import type { Database } from 'better-sqlite3';
import { Entry } from '../../contract/entry.ts';
import type { OutcomeKind } from '../../contract/verdict.ts';
import { assert, present } from '../../kit/assert.ts';
import { answerOf } from './answer.ts';
import type { EventCursor, EventPage, EventsAfter, StoreEvent } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { type Documents, idBytes, idText, isDocument } from './documents.ts';
import type { Journal } from './journal.ts';
import type { Positions } from './positions.ts';

export interface Outcomes {
  readonly last: number;
  append(documentId: Buffer, outcome: OutcomeKind, atMs: number): void;
  after(
    position: number,
    itemsMax: number,
  ): { position: number; id: string; outcome: OutcomeKind; atMs: number }[];
  reload(): void;
}

interface OutcomeRow {
  position: number;
  documentId: Buffer;
  outcome: OutcomeKind;
  atMs: number;
}

export function openOutcomes(db: Database): Outcomes {
  const insert = db.prepare(
    'INSERT INTO outcome (position, document_id, outcome, at_ms) VALUES (?, ?, ?, ?)',
  );
  const selectLast = db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM outcome').pluck();
  const selectAfter = db.prepare<[number, number], OutcomeRow>(
    `SELECT position, document_id AS documentId, outcome, at_ms AS atMs FROM outcome
     WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const load = () => selectLast.get() ?? 0;
  let last = load();
  return {
    get last() {
      return last;
    },
    append(documentId, outcome, atMs) {
      last++;
      insert.run(last, documentId, outcome, atMs);
    },
    after: (position, itemsMax) =>
      selectAfter
        .all(position, itemsMax)
        .map(({ documentId, ...row }) => ({ ...row, id: idText(documentId) })),
    reload() {
      last = load();
    },
  };
}

interface EventParts {
  journal: Journal;
  documents: Documents;
  positions: Positions;
  decisions: Decisions;
  outcomes: Outcomes;
}

/** The events after a cursor: first the entries, then the outcomes, each with the cursor that it leads to. */
export function eventsAfter(db: Database, parts: EventParts): (after: EventsAfter) => EventPage {
  const { journal, documents, positions, decisions, outcomes } = parts;
  const entries = db.prepare<[number, number], { seq: number; body: Buffer }>(
    'SELECT seq, body FROM entry WHERE seq > ? ORDER BY seq LIMIT ?',
  );

  /** Made of the entry alone, so that a replay tells the same; a decision tells the answer that the kiosk was given. */
  function ofEntry(seq: number, body: Buffer, after: EventCursor): StoreEvent | null {
    const entry = Entry.parse(JSON.parse(body.toString()));
    if (isDocument(entry)) return { after, kind: 'document', answer: answerOf(entry, seq) };
    const document = entry.kind === 'decision' && documents.find(idBytes(entry.checkoutId));
    // A salvage is nothing that a kiosk asked for, and it may have left a decision without its checkout.
    if (!document) return null;
    const checkout = Entry.parse(JSON.parse(present(journal.body(document.seq), 'its entry').toString()));
    assert(isDocument(checkout), `entry ${document.seq} is a document`);
    return { after, kind: 'decision', answer: decisions.answerNow(checkout, document.seq) };
  }

  return ({ seq, outcome, itemsMax }) => {
    const rows = entries.all(seq, itemsMax);
    const events = rows
      .map((row) => ofEntry(row.seq, row.body, { seq: row.seq, outcome }))
      .filter((event) => event !== null);
    const reached = rows.at(-1)?.seq ?? seq;
    // Outcomes follow only when every entry has been told: an outcome is never heard of before its document.
    const told = rows.length < itemsMax ? outcomes.after(outcome, itemsMax - rows.length) : [];
    for (const { position, id, outcome: kind, atMs } of told) {
      events.push({
        after: { seq: reached, outcome: position },
        kind: 'outcome',
        id,
        outcome: { kind, atMs },
      });
    }
    return {
      journalId: positions.now.journalId,
      head: { seq: journal.lastSeq, outcome: outcomes.last },
      events,
      reached: { seq: reached, outcome: told.at(-1)?.position ?? outcome },
      more: rows.length + told.length === itemsMax,
    };
  };
}
