// Examples of answers, as the description of the interface shows them.
import type * as z from 'zod';
import type { Exception, ExceptionDetail, File, FileDetail, Open, Run } from './answers.ts';

const atMs = 1_795_000_000_000;

export const exception: z.output<typeof Exception> = {
  ref: 12,
  status: 'amount_differs',
  processor: 'stripe',
  reference: 'leeds-1.0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d.charge.1',
  currency: 'GBP',
  amountMinor: 371,
  differenceMinor: 1,
  state: 'open',
  settledAs: null,
  owner: 'finance',
  sinceMs: atMs,
  openedMs: atMs + 86_400_000,
  chaseDueMs: null,
  settledMs: null,
  mergedInto: null,
  splitFrom: null,
  proposal: null,
  rows: [
    {
      side: 'report',
      reference: 'txn_3QabcdefghijklmN',
      amountMinor: 371,
      currency: 'GBP',
      atMs,
      file: 7,
      line: 4031,
    },
  ],
  rowsCount: 2,
};

export const exceptionDetail: z.output<typeof ExceptionDetail> = {
  ...exception,
  history: [
    { atMs, who: 'central, reconciliation', action: 'opened', note: '', detail: { run: 3 } },
    {
      atMs,
      who: 'key books (finance)',
      action: 'assign',
      note: 'ours by the amount',
      detail: { owner: 'finance' },
    },
  ],
  merged: [],
  parts: [],
};

export const open: z.output<typeof Open> = {
  status: 'missing',
  processor: 'stripe',
  currency: 'GBP',
  exceptions: 3,
  amountMinor: 1120n,
};

export const run: z.output<typeof Run> = {
  ref: 3,
  asOfMs: atMs,
  state: 'complete',
  begunBy: 'central, reconciliation schedule',
  begunMs: atMs,
  endedMs: atMs + 4000,
  opened: 1,
  reopened: 0,
  gone: 2,
  movements: 5,
  totals: [{ side: 'ledger', currency: 'GBP', status: 'matched', rows: 4210, amountMinor: 1_557_700n }],
};

export const file: z.output<typeof File> = {
  ref: 7,
  side: 'processor',
  source: 'stripe',
  format: 'stripe',
  name: 'payouts-2026-11.csv',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  state: 'complete',
  rows: 4211,
  repeated: 0,
  setAside: 1,
  firstMs: atMs - 86_400_000,
  lastMs: atMs,
  importedBy: 'ada@central-1',
  begunMs: atMs,
  completedMs: atMs + 900,
};

export const fileDetail: z.output<typeof FileDetail> = {
  ...file,
  asides: [{ line: 812, reason: 'amount_malformed', field: 'gross', text: 'txn_1,…,1.2.3,…' }],
  statements: [],
};
