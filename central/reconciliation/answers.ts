// What the routes of this room answer, as schemas.
import * as z from 'zod';
import { Currency, ExactInteger, Moment } from '../http/fields.ts';
import { journalStatuses, settledAs } from './exceptions.ts';
import { statuses } from './placing.ts';
import { reportFormats } from './report-format.ts';
import { asideReasons } from './report-row.ts';

const ExceptionStatus = z.enum([
  ...statuses.filter((status) => status !== 'matched' && status !== 'expected'),
  ...journalStatuses,
]);

const Row = z.object({
  side: z.enum(['journal', 'ledger', 'report', 'payout', 'bank']),
  reference: z.string(),
  amountMinor: z.int(),
  currency: Currency,
  atMs: Moment,
  file: z.int().nullable(),
  line: z.int().nullable(),
});

export const Exception = z
  .object({
    ref: z.int(),
    status: ExceptionStatus,
    processor: z.string(),
    reference: z.string(),
    currency: Currency,
    amountMinor: z.int(),
    differenceMinor: z.int().nullable(),
    state: z.enum(['open', 'settled']),
    settledAs: z.enum(settledAs).nullable(),
    owner: z.string().nullable(),
    sinceMs: Moment,
    openedMs: Moment,
    chaseDueMs: Moment.nullable(),
    settledMs: Moment.nullable(),
    mergedInto: z.int().nullable(),
    splitFrom: z.int().nullable(),
    proposal: z
      .object({
        number: z.int(),
        action: z.enum(['accept', 'correct', 'received']),
        who: z.string(),
        note: z.string(),
        atMs: Moment,
      })
      .nullable()
      .meta({ description: 'What waits for a second person to confirm it.' }),
    rows: z.array(Row),
    rowsCount: z.int(),
  })
  .meta({ id: 'Exception' });

export const ExceptionDetail = Exception.extend({
  history: z.array(
    z.object({
      atMs: Moment,
      who: z.string(),
      action: z.string(),
      note: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  merged: z.array(z.int()),
  parts: z.array(z.int()),
}).meta({ id: 'ExceptionDetail' });

export const Open = z.object({
  status: ExceptionStatus,
  processor: z.string(),
  currency: Currency,
  exceptions: z.int(),
  amountMinor: ExactInteger,
});

export const Run = z
  .object({
    ref: z.int(),
    asOfMs: Moment,
    state: z.enum(['running', 'complete', 'abandoned']),
    begunBy: z.string(),
    begunMs: Moment,
    endedMs: Moment.nullable(),
    opened: z.int(),
    reopened: z.int(),
    gone: z.int(),
    movements: z.int(),
    totals: z.array(
      z.object({
        side: z.enum(['journal', 'ledger', 'report', 'payout', 'bank']),
        currency: Currency,
        status: z.string(),
        rows: z.int(),
        amountMinor: ExactInteger,
      }),
    ),
  })
  .meta({ id: 'ReconciliationRun' });

export const File = z
  .object({
    ref: z.int(),
    side: z.enum(['processor', 'bank']),
    source: z.string(),
    format: z.enum(reportFormats),
    name: z.string(),
    sha256: z.string(),
    state: z.enum(['importing', 'complete']),
    rows: z.int(),
    repeated: z.int(),
    setAside: z.int(),
    firstMs: Moment.nullable(),
    lastMs: Moment.nullable(),
    importedBy: z.string(),
    begunMs: Moment,
    completedMs: Moment.nullable(),
  })
  .meta({ id: 'ReportFile' });

export const FileDetail = File.extend({
  asides: z.array(
    z.object({ line: z.int(), reason: z.enum(asideReasons), field: z.string(), text: z.string() }),
  ),
  statements: z.array(
    z.object({
      account: z.string(),
      statement: z.string(),
      currency: Currency,
      openingMinor: z.int().nullable(),
      closingMinor: z.int().nullable(),
      entriesMinor: ExactInteger,
      entries: z.int(),
      setAside: z.int(),
      agrees: z.boolean(),
      line: z.int(),
    }),
  ),
}).meta({ id: 'ReportFileDetail' });
