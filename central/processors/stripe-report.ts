// Stripe's balance transactions as rows of a report: the payouts of a time, each with all that it paid out, as Stripe's own
// payout reconciliation lists them. A call that fails ends the report and says so, so that half of one is never taken for
// the whole.
import * as z from 'zod';
import type { Made } from './made.ts';
import type { Reported, ReportRange } from './port.ts';
import { readBalanceTransaction } from './stripe-balance.ts';

/** One call each, with a time of its own. `after` is the id of the last one that was read. */
export interface StripeLists {
  payouts(created: { gte: number; lt: number }, after: string | null): Promise<Made<Page>>;
  /** What an automatic payout paid out, and its own row. */
  transactionsOf(payout: string, after: string | null): Promise<Made<Page>>;
  transaction(id: string): Promise<Made<unknown>>;
}

export interface Page {
  data: readonly unknown[];
  has_more: boolean;
}

/** Of one report; a million rows are 10,000 pages. */
const pagesMax = 50_000;

const Payout = z.object({
  id: z.string(),
  automatic: z.boolean(),
  /** `in_progress`: what it paid out is not all there yet. */
  reconciliation_status: z.string(),
  balance_transaction: z.string().nullable(),
  failure_balance_transaction: z.string().nullable(),
});
type Payout = z.infer<typeof Payout>;

/** One thing that was read, or why nothing more is. */
type Read = { kind: 'read'; value: unknown } | { kind: 'unavailable'; code: string };

/** The rows of the payouts that were made in the range; lines are counted from 1 in the order of reading. */
export async function* stripeReport(
  lists: StripeLists,
  { fromMs, untilMs }: ReportRange,
): AsyncGenerator<Reported> {
  const created = { gte: Math.ceil(fromMs / 1000), lt: Math.ceil(untilMs / 1000) };
  const budget: Budget = { pages: 0 };
  let line = 0;
  for await (const listed of paged((after) => lists.payouts(created, after), budget)) {
    if (listed.kind === 'unavailable') return yield* [listed];
    const payout = Payout.safeParse(listed.value);
    if (!payout.success) return yield* [malformed];
    // It comes with the next report that reaches back to it.
    if (payout.data.reconciliation_status === 'in_progress') continue;
    for await (const read of readPayout(lists, payout.data, budget)) {
      if (read.kind === 'unavailable') return yield* [read];
      const item = readBalanceTransaction(read.value, payout.data.id, line + 1);
      if (item === 'not_an_object') return yield* [malformed];
      if (item === 'of_another_payout') continue;
      line++;
      yield item;
    }
  }
}

const malformed = { kind: 'unavailable', code: 'answer_malformed' } as const;

async function* readPayout(lists: StripeLists, payout: Payout, budget: Budget): AsyncGenerator<Read> {
  const { id, automatic, balance_transaction: own, failure_balance_transaction: failure } = payout;
  // Of a payout that was made by hand Stripe does not say what it was made of.
  if (automatic) yield* paged((after) => lists.transactionsOf(id, after), budget);
  else if (own !== null) yield readOf(await lists.transaction(own));
  if (failure !== null) yield readOf(await lists.transaction(failure));
}

interface Budget {
  pages: number;
}

const WithId = z.object({ id: z.string() });

/** Everything on the pages, one by one. */
async function* paged(
  page: (after: string | null) => Promise<Made<Page>>,
  budget: Budget,
): AsyncGenerator<Read> {
  for (let after: string | null = null; ; ) {
    if (++budget.pages > pagesMax) return yield* [{ kind: 'unavailable', code: 'report_too_large' }];
    const made: Made<Page> = await page(after);
    if (made.kind !== 'answered') return yield* [readOf(made)];
    for (const value of made.value.data) yield { kind: 'read', value };
    if (!made.value.has_more) return;
    const last = WithId.safeParse(made.value.data.at(-1));
    if (!last.success) return yield* [malformed];
    after = last.data.id;
  }
}

function readOf(made: Made<unknown>): Read {
  if (made.kind === 'answered') return { kind: 'read', value: made.value };
  return { kind: 'unavailable', code: made.kind === 'unknown' ? made.reason : made.code };
}
