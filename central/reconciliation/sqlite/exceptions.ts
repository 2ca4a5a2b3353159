// Exceptions with their history. A difference that a run finds again is the same exception; one that is gone settles by
// itself, and what a person has settled stays so until the amounts change.
import type Database from 'better-sqlite3';
import { assert } from '../../../kit/assert.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { FoundDifference } from '../differences.ts';
import type { ExceptionEvent } from '../exceptions.ts';
import type { OpenExceptions, ReconciliationCalls } from '../port.ts';
import type { Corrections } from './corrections.ts';
import {
  centrals,
  type ExceptionFields,
  type ExceptionRows,
  exceptionColumns,
  exceptionView,
} from './exception-row.ts';

export interface ExceptionTable
  extends Pick<ReconciliationCalls, 'openExceptions' | 'exceptions' | 'exception'> {
  found(run: number, difference: FoundDifference, nowMs: number): 'opened' | 'reopened' | 'known';
  /** Settles at most so many that the run has not found; answers how many there were. */
  settleGone(run: number, max: number, nowMs: number): number;
}

/** History shows the newest of more. */
const eventsShownMax = 1000;

/** @param tell tells the merchant's own systems that one was opened */
export function createExceptionTable(
  db: Database.Database,
  { read, note, settle, dropProposal }: ExceptionRows,
  corrections: Corrections,
  tell: Tell,
): ExceptionTable {
  const byKey = db.prepare<[string], ExceptionFields>(`SELECT ${exceptionColumns} WHERE key = ?`);
  const page = db.prepare<object, ExceptionFields>(
    `SELECT ${exceptionColumns} WHERE ref < @before AND (@state IS NULL OR state = @state) AND (@status IS NULL OR status = @status)
       AND (@processor IS NULL OR processor = @processor) AND (@owner IS NULL OR owner = @owner)
     ORDER BY ref DESC LIMIT @rows`,
  );
  const insert = db.prepare(
    `INSERT INTO exception (key, status, processor, reference, currency, amount_minor, difference_minor, rows, rows_count,
       state, owner, since_ms, opened_ms, split_from, last_run)
     VALUES (@key, @status, @processor, @reference, @currency, @amountMinor, @differenceMinor, @rows, @rowsCount, 'open',
       NULL, @sinceMs, @nowMs, NULL, @run)`,
  );
  const again = db.prepare(
    `UPDATE exception SET amount_minor = @amountMinor, difference_minor = @differenceMinor, rows = @rows,
       rows_count = @rowsCount, since_ms = @sinceMs, last_run = @run WHERE ref = @ref`,
  );
  const reopen = db.prepare(
    `UPDATE exception SET state = 'open', settled_as = NULL, settled_ms = NULL, merged_into = NULL WHERE ref = ?`,
  );
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

  function open(run: number, found: FoundDifference, nowMs: number): void {
    const ref = Number(insert.run({ ...stored(found), nowMs, run }).lastInsertRowid);
    note(ref, { atMs: nowMs, who: centrals, action: 'opened', note: '' }, { run });
    tellOpened(ref, found, false, nowMs);
  }

  function tellOpened(ref: number, found: FoundDifference, again: boolean, nowMs: number): void {
    const { status, processor, reference, currency } = found;
    const { amountMinor, differenceMinor } = stored(found);
    const what = { status, processor, reference, currency, amountMinor, differenceMinor };
    tell('exception.opened', `exception ${ref}`, { number: ref, ...what, again }, nowMs);
  }

  function settleAsGone(ref: number, run: number, nowMs: number): void {
    settle(ref, 'gone', nowMs);
    const words = 'the run found the sides to agree';
    note(ref, { atMs: nowMs, who: centrals, action: 'gone', note: words }, { run });
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
      dropProposal(ref, 'its amounts have changed', nowMs);
      const before = { amountMinor: fields.amountMinor, differenceMinor: fields.differenceMinor };
      note(
        ref,
        { atMs: nowMs, who: centrals, action: isBack ? 'reopened' : 'changed', note: '' },
        { run, before, settledAs },
      );
      if (isBack) tellOpened(ref, found, true, nowMs);
      return isBack ? 'reopened' : 'known';
    },
    settleGone(run, max, nowMs) {
      const refs = gone.all({ run, max });
      for (const ref of refs) settleAsGone(ref, run, nowMs);
      const fallen = refs.length < max ? corrections.fallen(run, max - refs.length) : [];
      for (const ref of fallen) {
        corrections.takeBack(ref, run, nowMs);
        settleAsGone(ref, run, nowMs);
      }
      return refs.length + fallen.length;
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
