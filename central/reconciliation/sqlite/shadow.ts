// What two processors did in each of several periods, read from one state of the database.
import type Database from 'better-sqlite3';
import type { ExceptionView } from '../exceptions.ts';
import type { ProcessorPeriod, ShadowPeriod, Volume } from '../shadow.ts';
import { type ExceptionFields, exceptionColumns, exceptionView } from './exception-row.ts';

export interface ShadowQuestion {
  from: string;
  to: string;
  /** The end of the last period. */
  untilMs: number;
  periods: number;
  periodMs: number;
  /** So long after a period its reports may come. */
  reportMs(processor: string): number;
}

/** A list that is longer than anybody reads proves the same as its beginning. */
const discrepanciesMax = 10_000;

export function readShadow(db: Database.Database, question: ShadowQuestion): ShadowPeriod[] {
  const { from, to, untilMs, periods, periodMs, reportMs } = question;
  const read = createReading(db);
  return db.transaction(() =>
    Array.from({ length: periods }, (_, at) => {
      const toMs = untilMs - (periods - 1 - at) * periodMs;
      const span = { fromMs: toMs - periodMs, toMs };
      const side = (processor: string) => read({ ...span, processor, reportMs: reportMs(processor) });
      return { ...span, from: side(from), to: side(to) };
    }),
  )();
}

interface Span {
  fromMs: number;
  toMs: number;
  processor: string;
  reportMs: number;
}

type Fields = { currency: string; rows: bigint; amountMinor: bigint; feeMinor: bigint };

function createReading(db: Database.Database): (span: Span) => ProcessorPeriod {
  const collected = db
    .prepare<[string, number, number], Fields>(
      `SELECT currency, count(*) AS rows, sum(amount_minor) AS amountMinor, 0 AS feeMinor FROM collected
       WHERE processor = ? AND booked_ms >= ? AND booked_ms < ? GROUP BY currency ORDER BY currency`,
    )
    .safeIntegers();
  const reported = db
    .prepare<[string, number, number], Fields>(
      `SELECT r.currency, count(*) AS rows, sum(r.amount_minor) AS amountMinor, sum(r.fee_minor) AS feeMinor
       FROM report_file f JOIN report_row r ON r.file_ref = f.ref
       WHERE f.side = 'processor' AND f.source = ? AND f.state = 'complete' AND r.occurred_ms >= ? AND r.occurred_ms < ?
         AND r.kind IN ('charge', 'refund') GROUP BY r.currency ORDER BY r.currency`,
    )
    .safeIntegers();
  const exceptions = db.prepare<[string, number, number, number], ExceptionFields>(
    `SELECT ${exceptionColumns} WHERE processor = ? AND since_ms >= ? AND since_ms < ? ORDER BY ref LIMIT ?`,
  );
  const judged = db
    .prepare<[], number | null>(`SELECT max(as_of_ms) FROM reconciliation_run WHERE state = 'complete'`)
    .pluck();
  return ({ processor, fromMs, toMs, reportMs }) => {
    const discrepancies: ExceptionView[] = exceptions
      .all(processor, fromMs, toMs, discrepanciesMax)
      .map(exceptionView);
    return {
      processor,
      collected: collected.all(processor, fromMs, toMs).map(volume),
      reported: reported.all(processor, fromMs, toMs).map(volume),
      reconciled: (judged.get() ?? 0) >= toMs + reportMs,
      discrepancies,
    };
  };
}

function volume({ rows, ...rest }: Fields): Volume {
  return { ...rest, rows: Number(rows) };
}
