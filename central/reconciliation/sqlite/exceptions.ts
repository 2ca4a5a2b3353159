// Exceptions with their history. A difference that a run finds again is the same exception; one that is gone settles by
// itself, and what a person has settled stays so until the amounts change.
import type Database from 'better-sqlite3';
import { assert, present } from '../../../kit/assert.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import { actorWords, type By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { FoundDifference } from '../differences.ts';
import {
  actionHints,
  type ExceptionAction,
  type ExceptionEvent,
  type ExceptionView,
  judgeAction,
} from '../exceptions.ts';
import type { OpenExceptions, ReconciliationCalls } from '../port.ts';
import { createCorrections } from './corrections.ts';
import { type ExceptionFields, exceptionColumns, exceptionView } from './exception-row.ts';

export interface ExceptionTable
  extends Pick<ReconciliationCalls, 'openExceptions' | 'exceptions' | 'exception' | 'actOnException'> {
  found(run: number, difference: FoundDifference, nowMs: number): 'opened' | 'reopened' | 'known';
  /** Settles at most so many that the run has not found; answers how many there were. */
  settleGone(run: number, max: number, nowMs: number): number;
}

/** History shows the newest of more. */
const eventsShownMax = 1000;
const centrals = 'central, reconciliation';

export function createExceptionTable(db: Database.Database, books: Books, audit: Audit): ExceptionTable {
  const byKey = db.prepare<[string], ExceptionFields>(`SELECT ${exceptionColumns} WHERE key = ?`);
  const byRef = db.prepare<[number], ExceptionFields>(`SELECT ${exceptionColumns} WHERE ref = ?`);
  const page = db.prepare<object, ExceptionFields>(
    `SELECT ${exceptionColumns} WHERE ref < @before AND (@state IS NULL OR state = @state) AND (@status IS NULL OR status = @status)
       AND (@processor IS NULL OR processor = @processor) AND (@owner IS NULL OR owner = @owner)
     ORDER BY ref DESC LIMIT @rows`,
  );
  const insert = db.prepare(
    `INSERT INTO exception (key, status, processor, reference, currency, amount_minor, difference_minor, rows, rows_count,
       state, owner, since_ms, opened_ms, split_from, last_run)
     VALUES (@key, @status, @processor, @reference, @currency, @amountMinor, @differenceMinor, @rows, @rowsCount, 'open',
       @owner, @sinceMs, @nowMs, @splitFrom, @run)`,
  );
  const again = db.prepare(
    `UPDATE exception SET amount_minor = @amountMinor, difference_minor = @differenceMinor, rows = @rows,
       rows_count = @rowsCount, since_ms = @sinceMs, last_run = @run WHERE ref = @ref`,
  );
  const reopen = db.prepare(
    `UPDATE exception SET state = 'open', settled_as = NULL, settled_ms = NULL, merged_into = NULL WHERE ref = ?`,
  );
  const settle = db.prepare(
    `UPDATE exception SET state = 'settled', settled_as = ?, settled_ms = ?, merged_into = ? WHERE ref = ?`,
  );
  const setOwner = db.prepare('UPDATE exception SET owner = ? WHERE ref = ?');
  const setDue = db.prepare('UPDATE exception SET chase_due_ms = ? WHERE ref = ?');
  const lastRun = db.prepare<[number], number>('SELECT last_run FROM exception WHERE ref = ?').pluck();
  // A part of an exception stands as long as the whole is found, and one into which others were merged as long as any is.
  const gone = db
    .prepare<object, number>(
      `SELECT ref FROM exception e WHERE state = 'open'
         AND CASE WHEN split_from IS NULL THEN last_run < @run
           ELSE (SELECT last_run FROM exception w WHERE w.ref = e.split_from) < @run END
         AND NOT EXISTS (SELECT 1 FROM exception m WHERE m.merged_into = e.ref AND m.last_run >= @run)
       ORDER BY ref LIMIT @max`,
    )
    .pluck();
  const addEvent = db.prepare(
    'INSERT INTO exception_event (exception_ref, at_ms, who, action, note, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const events = db.prepare<[number, number], Omit<ExceptionEvent, 'detail'> & { detail: string }>(
    `SELECT at_ms AS atMs, who, action, note, detail FROM exception_event WHERE exception_ref = ? ORDER BY ref DESC LIMIT ?`,
  );
  const merged = db
    .prepare<[number], number>('SELECT ref FROM exception WHERE merged_into = ? ORDER BY ref')
    .pluck();
  const parts = db
    .prepare<[number], number>('SELECT ref FROM exception WHERE split_from = ? ORDER BY ref')
    .pluck();

  const inFigures = db
    .prepare<[], Omit<OpenExceptions, 'exceptions'> & { exceptions: bigint }>(
      `SELECT status, processor, currency, count(*) AS exceptions, sum(amount_minor) AS amountMinor FROM exception
       WHERE state = 'open' GROUP BY status, processor, currency ORDER BY status, processor, currency`,
    )
    .safeIntegers();

  const read = (ref: number): ExceptionView | null => {
    const fields = byRef.get(ref);
    return fields ? exceptionView(fields) : null;
  };
  const note = (ref: number, event: Omit<ExceptionEvent, 'detail'>, detail: object = {}): number => {
    const { atMs, who, action, note: words } = event;
    return Number(addEvent.run(ref, atMs, who, action, words, JSON.stringify(detail)).lastInsertRowid);
  };

  const corrections = createCorrections(db, books, note);

  function open(run: number, found: FoundDifference, nowMs: number): void {
    const fields = { ...stored(found), owner: null, splitFrom: null, nowMs, run };
    const ref = Number(insert.run(fields).lastInsertRowid);
    note(ref, { atMs: nowMs, who: centrals, action: 'opened', note: '' }, { run });
  }

  function settleAsGone(ref: number, run: number, nowMs: number): void {
    settle.run('gone', nowMs, null, ref);
    const words = 'the run found the sides to agree';
    note(ref, { atMs: nowMs, who: centrals, action: 'gone', note: words }, { run });
  }

  /** Does what was judged to be possible; answers what the history keeps of it beside the note. */
  function carryOut(exception: ExceptionView, action: ExceptionAction, event: number, { nowMs }: By): void {
    const { ref } = exception;
    switch (action.kind) {
      case 'note':
        return;
      case 'assign':
        setOwner.run(action.owner, ref);
        return;
      case 'chase':
        setDue.run(action.dueMs, ref);
        return;
      case 'accept':
        settle.run('accepted', nowMs, null, ref);
        return;
      case 'received':
        settle.run('received', nowMs, null, ref);
        return;
      case 'merge':
        settle.run('merged', nowMs, action.into, ref);
        return;
      case 'correct':
        corrections.post(event, action.postings, nowMs);
        settle.run('corrected', nowMs, null, ref);
        return;
      case 'split':
        settle.run('split', nowMs, null, ref);
        for (const [at, part] of action.parts.entries()) addPart(exception, event, at, part, nowMs);
    }
  }

  function addPart(
    whole: ExceptionView,
    event: number,
    at: number,
    { amountMinor, owner }: { amountMinor: number; owner: string | null },
    nowMs: number,
  ): void {
    const { ref, rows, ...rest } = whole;
    const key = `part ${at + 1} of ${ref} by ${event}`;
    // Parts of a part stand as long as the whole does.
    const splitFrom = whole.splitFrom ?? ref;
    const run = lastRun.get(ref);
    const fields = { ...rest, key, amountMinor, differenceMinor: null, owner, splitFrom, nowMs, run };
    const part = Number(insert.run({ ...fields, rows: JSON.stringify(rows) }).lastInsertRowid);
    note(part, { atMs: nowMs, who: centrals, action: 'opened', note: `part of exception ${ref}` });
  }

  return {
    found(run, found, nowMs) {
      const fields = byKey.get(found.key);
      if (!fields) {
        open(run, found, nowMs);
        return 'opened';
      }
      const { ref, state, settledAs } = fields;
      const now = stored(found);
      again.run({ ...now, run, ref });
      const isChanged =
        fields.amountMinor !== now.amountMinor || fields.differenceMinor !== now.differenceMinor;
      const isBack = settledAs === 'gone' || (state === 'settled' && isChanged);
      if (!isChanged && !isBack) return 'known';
      if (isBack && settledAs === 'corrected') corrections.takeBack(ref, run, nowMs);
      if (isBack) reopen.run(ref);
      const before = { amountMinor: fields.amountMinor, differenceMinor: fields.differenceMinor };
      note(
        ref,
        { atMs: nowMs, who: centrals, action: isBack ? 'reopened' : 'changed', note: '' },
        { run, before, settledAs },
      );
      return isBack ? 'reopened' : 'known';
    },
    settleGone(run, max, nowMs) {
      const refs = gone.all({ run, max });
      for (const ref of refs) settleAsGone(ref, run, nowMs);
      const back = refs.length < max ? corrections.fallen(run, max - refs.length) : [];
      for (const ref of back) {
        corrections.takeBack(ref, run, nowMs);
        settleAsGone(ref, run, nowMs);
      }
      return refs.length + back.length;
    },
    openExceptions: () =>
      inFigures.all().map(({ exceptions, ...open }) => ({ ...open, exceptions: Number(exceptions) })),
    exceptions({ cursor, limit, ...filter }) {
      const fields = page.all({ ...filter, before: cursor ?? Number.MAX_SAFE_INTEGER, rows: limit + 1 });
      const items = fields.slice(0, limit).map(exceptionView);
      return { items, nextCursor: fields.length > limit ? (items.at(-1)?.ref ?? null) : null };
    },
    exception(ref) {
      const exception = read(ref);
      if (!exception) return null;
      const history = events
        .all(ref, eventsShownMax)
        .reverse()
        .map(({ detail, ...event }) => ({ ...event, detail: JSON.parse(detail) as Record<string, unknown> }));
      return { ...exception, history, merged: merged.all(ref), parts: parts.all(ref) };
    },
    actOnException(ref, action, by) {
      const exception = read(ref);
      if (!exception) return { kind: 'unknown' };
      const into = action.kind === 'merge' ? read(action.into) : null;
      const refused = judgeAction(exception, action, { into, nowMs: by.nowMs });
      if (refused !== null) return { kind: 'refused', code: refused, hint: actionHints[refused] };
      const { kind, note: words, ...detail } = action;
      const who = actorWords(by.actor);
      const event = note(ref, { atMs: by.nowMs, who, action: kind, note: words }, detail);
      carryOut(exception, action, event, by);
      const after = present(read(ref), 'exception');
      audit(by, `exception.${kind}`, `exception ${ref}`, {
        note: words,
        ...detail,
        before: { state: exception.state, owner: exception.owner },
        after: { state: after.state, owner: after.owner },
      });
      return { kind: 'done', exception: after };
    },
  };
}

/** As numbers: what cannot be one exactly would be rounded unseen. */
function stored({ rows, amountMinor, differenceMinor, ...found }: FoundDifference) {
  return {
    ...found,
    rows: JSON.stringify(rows),
    amountMinor: exact(amountMinor),
    differenceMinor: differenceMinor === null ? null : exact(differenceMinor),
  };
}

function exact(minor: bigint): number {
  const number = Number(minor);
  assert(Number.isSafeInteger(number), 'the amount of one exception is below 2^53');
  return number;
}
