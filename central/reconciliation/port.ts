// What reconciliation asks of the store: each call is one short transaction, so that nobody waits for a long file or a long run.

import type { Page } from '../ledger/page.ts';
import type { By } from '../people/actor.ts';
import type { SecondPersonLimits } from '../people/second-person.ts';
import type { FoundDifference } from './differences.ts';
import type {
  ExceptionActed,
  ExceptionAction,
  ExceptionFilter,
  ExceptionStatus,
  ExceptionView,
  ExceptionWithHistory,
} from './exceptions.ts';
import type { ReportFormat } from './report-format.ts';
import type { BankEntry, ReportRow, SetAside, StatementCheck } from './report-row.ts';
import type { SettledSales } from './settled.ts';
import type { Target } from './target.ts';

/** Where a file comes from: a processor by its routing name, or a bank account by its short name. */
export interface FileSource {
  side: 'processor' | 'bank';
  source: string;
}

export interface FileFacts extends FileSource {
  format: ReportFormat;
  name: string;
  sha256: Uint8Array;
  by: string;
  nowMs: number;
}

/** One thing read of a file; `item` counts from 1 in the order of reading. */
export type FileItem =
  | { kind: 'row'; item: number; row: ReportRow }
  | { kind: 'entry'; item: number; entry: BankEntry }
  | { kind: 'statement'; item: number; check: StatementCheck }
  | { kind: 'aside'; item: number; aside: SetAside };

export interface FileView extends FileSource {
  ref: number;
  format: ReportFormat;
  name: string;
  /** Lower-case hex. */
  sha256: string;
  state: 'importing' | 'complete';
  rows: number;
  /** Rows that another file had before. */
  repeated: number;
  setAside: number;
  firstMs: number | null;
  lastMs: number | null;
  importedBy: string;
  begunMs: number;
  completedMs: number | null;
}

export interface FileWithTrouble extends FileView {
  /** The first of them, in the order of the file. */
  asides: SetAside[];
  statements: StatementCheck[];
}

export type ImportBegun =
  /** `itemsThrough` have been taken before, by an import that was ended in the middle. */
  { kind: 'begun'; file: number; itemsThrough: number } | { kind: 'known'; file: FileView };

export interface RunView {
  ref: number;
  asOfMs: number;
  state: 'running' | 'complete' | 'abandoned';
  begunBy: string;
  begunMs: number;
  endedMs: number | null;
  opened: number;
  reopened: number;
  gone: number;
  movements: number;
  totals: RunTotal[];
}

export type RunBegun =
  | { kind: 'begun'; run: number }
  /** Another one is at work. */
  | { kind: 'busy'; run: number }
  /** A run as of a later moment is complete: what was late then would not be late. */
  | { kind: 'past'; asOfMs: number };

export interface RunTotal {
  /** `payout`: what is paid to payees, as the bank should show it. */
  side: 'journal' | 'ledger' | 'report' | 'payout' | 'bank';
  currency: string;
  status: string;
  rows: number;
  amountMinor: bigint;
}

export interface OpenExceptions {
  status: ExceptionStatus;
  processor: string;
  currency: string;
  exceptions: number;
  amountMinor: bigint;
}

export interface ReconciliationCalls {
  beginImport(file: FileFacts): ImportBegun;
  /** Takes items that follow those taken before. */
  takeItems(file: number, items: FileItem[]): void;
  completeImport(file: number, nowMs: number): FileView;
  reportFiles(page: { cursor: number | null; limit: number }): {
    items: FileView[];
    nextCursor: number | null;
  };
  reportFile(ref: number): FileWithTrouble | null;
  /** Of the files of a source that are in whole; the newest first, so many at most. */
  fileNames(source: FileSource & { namesMax: number }): string[];

  beginRun(run: { asOfMs: number; by: string; nowMs: number }): RunBegun;
  /** Opens, reopens or goes on with an exception for each difference. */
  takeDifferences(run: number, differences: FoundDifference[], nowMs: number): void;
  /** Posts what each target differs from what was posted for it before. */
  takeTargets(run: number, targets: Target[], nowMs: number): void;
  /** Tells of sales whose money the bank has shown, of each once. */
  takeSettled(run: number, settled: SettledSales, nowMs: number): void;
  /** Settles and takes back a bounded number of what the run has not come across again. */
  finishPiece(run: number, nowMs: number): { more: boolean };
  endRun(run: number, totals: RunTotal[], nowMs: number): RunView;
  runs(page: { cursor: number | null; limit: number }): Page<RunView>;

  /** What is open, in figures. */
  openExceptions(): OpenExceptions[];
  exceptions(filter: ExceptionFilter): Page<ExceptionView>;
  exception(ref: number): ExceptionWithHistory | null;
  /** Above the limits a settlement is a proposal, until another person confirms it. */
  actOnException(
    acting: { ref: number; action: ExceptionAction; secondPersonAboveMinor: SecondPersonLimits },
    by: By,
  ): ExceptionActed;
}
