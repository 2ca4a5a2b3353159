// Runs, and what they post: one at a time, in pieces that anybody else may come between.
import type Database from 'better-sqlite3';
import { assert, present } from '../../../kit/assert.ts';
import type { Posting } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import type { ReconciliationCalls, RunTotal, RunView } from '../port.ts';
import type { Target } from '../target.ts';
import type { ExceptionTable } from './exceptions.ts';

export type RunTable = Pick<
  ReconciliationCalls,
  'beginRun' | 'takeDifferences' | 'takeTargets' | 'finishPiece' | 'endRun' | 'runs'
>;

/** A run that has given no sign of life for so long was ended in the middle. */
export const runSilentMsMax = 10 * 60_000;
/** What one piece settles or takes back at most. */
const pieceMax = 500;

const runColumns = `ref, as_of_ms AS asOfMs, state, begun_by AS begunBy, begun_ms AS begunMs, ended_ms AS endedMs, opened,
  reopened, gone, movements FROM reconciliation_run`;

export function createRunTable(
  db: Database.Database,
  exceptions: Pick<ExceptionTable, 'found' | 'settleGone'>,
  books: Books,
): RunTable {
  const running = db.prepare<[], { ref: number; touchedMs: number }>(
    `SELECT ref, touched_ms AS touchedMs FROM reconciliation_run WHERE state = 'running'`,
  );
  const latest = db
    .prepare<[], number | null>(`SELECT max(as_of_ms) FROM reconciliation_run WHERE state = 'complete'`)
    .pluck();
  const abandon = db.prepare(`UPDATE reconciliation_run SET state = 'abandoned', ended_ms = ? WHERE ref = ?`);
  const insert = db.prepare(
    'INSERT INTO reconciliation_run (as_of_ms, begun_by, begun_ms, touched_ms) VALUES (?, ?, ?, ?)',
  );
  const touch = db.prepare(
    `UPDATE reconciliation_run SET touched_ms = @nowMs, opened = opened + @opened, reopened = reopened + @reopened,
       gone = gone + @gone, movements = movements + @movements WHERE ref = @run AND state = 'running'`,
  );
  const end = db.prepare(`UPDATE reconciliation_run SET state = 'complete', ended_ms = ? WHERE ref = ?`);
  const addTotal = db.prepare(
    `INSERT INTO reconciliation_total (run_ref, side, currency, status, rows, amount_minor) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const byRef = db.prepare<[number], Omit<RunView, 'totals'>>(`SELECT ${runColumns} WHERE ref = ?`);
  const page = db.prepare<[number, number], Omit<RunView, 'totals'>>(
    `SELECT ${runColumns} WHERE ref < ? ORDER BY ref DESC LIMIT ?`,
  );
  const totals = db
    .prepare<[number], Omit<RunTotal, 'rows'> & { rows: bigint }>(
      `SELECT side, currency, status, rows, amount_minor AS amountMinor FROM reconciliation_total WHERE run_ref = ?
       ORDER BY side, currency, status`,
    )
    .safeIntegers();
  const posted = createPosted(db, books);
  const view = (run: Omit<RunView, 'totals'>): RunView => ({
    ...run,
    totals: totals.all(run.ref).map((total) => ({ ...total, rows: Number(total.rows) })),
  });
  const nothing = { opened: 0, reopened: 0, gone: 0, movements: 0 };
  const progress = (run: number, nowMs: number, done: Partial<typeof nothing>) => {
    const { changes } = touch.run({ run, nowMs, ...nothing, ...done });
    assert(changes === 1, 'a run that was taken for ended does nothing more');
  };

  return {
    beginRun({ asOfMs, by, nowMs }) {
      for (const { ref, touchedMs } of running.all()) {
        if (nowMs - touchedMs < runSilentMsMax) return { kind: 'busy', run: ref };
        abandon.run(nowMs, ref);
      }
      const latestMs = latest.get() ?? asOfMs;
      if (latestMs > asOfMs) return { kind: 'past', asOfMs: latestMs };
      return { kind: 'begun', run: Number(insert.run(asOfMs, by, nowMs, nowMs).lastInsertRowid) };
    },
    takeDifferences(run, differences, nowMs) {
      const done = { opened: 0, reopened: 0 };
      for (const difference of differences) {
        const outcome = exceptions.found(run, difference, nowMs);
        if (outcome !== 'known') done[outcome]++;
      }
      progress(run, nowMs, done);
    },
    takeTargets(run, targets, nowMs) {
      const movements = books.piece(
        () => targets.filter((target) => posted.bring(run, target, nowMs)).length,
      );
      progress(run, nowMs, { movements });
    },
    finishPiece(run, nowMs) {
      const gone = exceptions.settleGone(run, pieceMax, nowMs);
      const left = pieceMax - gone;
      const movements = left > 0 ? books.piece(() => posted.takeBack(run, left, nowMs)) : 0;
      progress(run, nowMs, { gone, movements });
      return { more: gone + movements >= pieceMax };
    },
    endRun(run, sums, nowMs) {
      for (const { side, currency, status, rows, amountMinor } of sums) {
        addTotal.run(run, side, currency, status, rows, amountMinor);
      }
      progress(run, nowMs, {});
      end.run(nowMs, run);
      return view(present(byRef.get(run), 'run'));
    },
    runs({ cursor, limit }) {
      const items = page.all(cursor ?? Number.MAX_SAFE_INTEGER, limit).map(view);
      return { items, nextCursor: items.length < limit ? null : (items.at(-1)?.ref ?? null) };
    },
  };
}

/** A target; without a source it is to be nothing any more. */
type Wanted = Omit<Target, 'source'> & { source: Target['source'] | null };

interface Posted {
  /** Posts what the target differs from what was posted for its key; true when there was anything to post. */
  bring(run: number, target: Target, nowMs: number): boolean;
  /** Takes back what was posted for things that the run has not come across; answers how many. */
  takeBack(run: number, keysMax: number, nowMs: number): number;
}

function createPosted(db: Database.Database, books: Books): Posted {
  const now = db.prepare<[string], Posting>(
    'SELECT account, currency, amount_minor AS amountMinor FROM reconciled WHERE key = ?',
  );
  const seen = db.prepare('UPDATE reconciled SET last_run = ? WHERE key = ?');
  const write = db.prepare(
    `INSERT INTO reconciled (key, account, currency, amount_minor, last_run) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key, account, currency) DO UPDATE SET amount_minor = excluded.amount_minor, last_run = excluded.last_run`,
  );
  const addStep = db.prepare(
    'INSERT INTO reconciled_step (key, run_ref, file_ref, item) VALUES (?, ?, ?, ?)',
  );
  const unseen = db
    .prepare<[number, number], string>(
      `SELECT DISTINCT key FROM reconciled WHERE last_run < ? AND amount_minor <> 0 LIMIT ?`,
    )
    .pluck();

  function bring(run: number, { key, reason, source, postings }: Wanted, nowMs: number): boolean {
    const before = now.all(key);
    const change = difference(before, postings);
    if (before.length > 0) seen.run(run, key);
    if (change.length === 0) return false;
    const step = addStep.run(key, run, source?.file ?? null, source?.item ?? null).lastInsertRowid;
    books.addMovement({ kind: source?.kind ?? 'report_row', ref: Number(step) }, reason, change, nowMs);
    for (const { account, currency, amountMinor } of change) {
      const same = before.find((old) => old.account === account && old.currency === currency);
      write.run(key, account, currency, (same?.amountMinor ?? 0) + amountMinor, run);
    }
    return true;
  }

  return {
    bring,
    takeBack(run, keysMax, nowMs) {
      const keys = unseen.all(run, keysMax);
      for (const key of keys) bring(run, { key, reason: 'adjustment', source: null, postings: [] }, nowMs);
      return keys.length;
    },
  };
}

/** What leads from the one to the other, without lines of zero. */
function difference(before: readonly Posting[], after: readonly Posting[]): Posting[] {
  const sums = new Map<string, Posting>();
  const add = ({ account, currency, amountMinor }: Posting, sign: 1 | -1) => {
    const key = `${account} ${currency}`;
    const sum = sums.get(key) ?? { account, currency, amountMinor: 0 };
    sums.set(key, { ...sum, amountMinor: sum.amountMinor + sign * amountMinor });
  };
  for (const posting of after) add(posting, 1);
  for (const posting of before) add(posting, -1);
  return [...sums.values()].filter(({ amountMinor }) => amountMinor !== 0);
}
