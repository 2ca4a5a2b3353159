// Reports and bank statements to download, and the faults in them: planted for every answer, or ordered for one by its query.
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import * as z from 'zod';
import { camt053 } from '../bank/camt053.ts';
import { mt940 } from '../bank/mt940.ts';
import { bankTargets, type Statement, statements } from '../bank/statement.ts';
import {
  type BankFault,
  bankFaults,
  type Fault,
  type ReportFault,
  reportFaults,
  type Wish,
} from '../faults.ts';
import { type Period, reportLines, reportRows, reportTargets } from '../reports/stripe-report.ts';
import { type AdminCalls, type AdminParts, readBody, readQuery } from './frame.ts';

const faultsMax = 10_000;

/** `2026-11-24`, as the midnight (UTC) that begins it. */
const Day = z.iso.date().transform((day) => Date.parse(day));
/** From the beginning of one day to the beginning of another; without them, all until the end of today. */
const period = { from: Day.optional(), to: Day.optional() };
const Seed = z.coerce.number().int().min(0).default(1);

const ReportQuery = z.strictObject({
  ...period,
  by: z.enum(['payout', 'created']).default('payout'),
  faults: wishesOf(reportFaults),
  seed: Seed,
});
const BankQuery = z.strictObject({ ...period, faults: wishesOf(bankFaults), seed: Seed });

const Count = z.int().min(1).max(faultsMax).default(1);
const Plant = z.discriminatedUnion('side', [
  z.strictObject({
    side: z.literal('report'),
    kind: z.enum(reportFaults),
    count: Count,
    seed: Seed,
    ...period,
  }),
  z.strictObject({ side: z.literal('bank'), kind: z.enum(bankFaults), count: Count, seed: Seed, ...period }),
]);

export const fileCalls: AdminCalls = {
  'GET /sandbox/reports/stripe': (context, parts) => {
    const query = readQuery(context, ReportQuery);
    if (!query) return;
    const rows = reportRows(parts.books, periodOf(query, parts), query.by);
    const { faults, seed } = query;
    const ordered = parts.faults.plant('report', faults, reportTargets(rows), { seed, scope: 'answer' });
    context.type = 'text/csv';
    context.body = Readable.from(reportLines(rows, parts.faults.of('report', ordered)));
  },

  'GET /sandbox/bank/camt053': (context, parts) => {
    const shown = statementsFor(context, parts);
    if (!shown) return;
    context.type = 'application/xml';
    context.body = camt053(shown, parts.books.nowMs());
  },

  'GET /sandbox/bank/mt940': (context, parts) => {
    const shown = statementsFor(context, parts);
    if (!shown) return;
    context.type = 'text/plain';
    context.body = mt940(shown);
  },

  'GET /sandbox/faults': (context, { faults }) => {
    context.body = { faults: faults.all() };
  },

  'POST /sandbox/faults': async (context, parts) => {
    const body = await readBody(context, Plant);
    if (!body) return;
    const within = periodOf(body, parts);
    const how = { seed: body.seed, scope: 'always' as const };
    context.body = { faults: plant(parts, body, within, how) };
  },
};

function plant(
  { faults, books, bank }: AdminParts,
  wish: z.output<typeof Plant>,
  within: Period,
  how: { seed: number; scope: Fault['scope'] },
): Fault[] {
  if (wish.side === 'bank') return faults.plant('bank', [wish], bankTargets(bank, within), how);
  return faults.plant('report', [wish], reportTargets(reportRows(books, within, 'payout')), how);
}

function statementsFor(context: Context, parts: AdminParts): Statement[] | null {
  const query = readQuery(context, BankQuery);
  if (!query) return null;
  const { faults, seed } = query;
  const within = periodOf(query, parts);
  const ordered = parts.faults.plant('bank', faults, bankTargets(parts.bank, within), {
    seed,
    scope: 'answer',
  });
  return statements(parts.bank, within, parts.faults.of('bank', ordered));
}

function periodOf(
  { from, to }: { from?: number | undefined; to?: number | undefined },
  { books }: AdminParts,
): Period {
  const dayMs = 86_400_000;
  return { fromMs: from ?? 0, toMs: to ?? Math.floor(books.nowMs() / dayMs) * dayMs + dayMs };
}

/** `row_missing:2,fee_other` as wishes. */
function wishesOf<Kind extends ReportFault | BankFault>(kinds: readonly Kind[]) {
  return z
    .string()
    .max(1000)
    .default('')
    .transform((text, { addIssue }): Wish<Kind>[] =>
      text
        .split(',')
        .filter((part) => part !== '')
        .map((part) => {
          const [, name, count = '1'] = /^([a-z_]+)(?::(\d{1,4}))?$/.exec(part) ?? [];
          const kind = kinds.find((known) => known === name);
          if (kind !== undefined) return { kind, count: Number(count) };
          addIssue({ code: 'custom', message: `use kind or kind:count with one of ${kinds.join(', ')}` });
          return z.NEVER;
        }),
    );
}
