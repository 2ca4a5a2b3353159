// Stripe's report through its own SDK, against the sandbox: the same rows that its CSV report of the same days has.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collectRows, gather } from '../fixtures/reports/collect.ts';
import type { ReportRow } from '../reconciliation/report-row.ts';
import { readStripeBalanceCsv } from '../reconciliation/stripe-balance-csv.ts';
import { type SandboxProcess, startSandbox } from './fixtures/sandbox.ts';
import type { ProcessorPort, Reported, ReportRange } from './port.ts';
import { createStripeProcessor } from './stripe.ts';

const dayMs = 86_400_000;

let sandbox: SandboxProcess;
let port: ProcessorPort;
let startMs: number;
beforeAll(async () => {
  sandbox = await startSandbox();
  port = createStripeProcessor({
    secretKey: 'sk_test_report',
    webhookSecrets: [],
    baseUrl: sandbox.url,
    callMsMax: 5000,
    clock: { wallMs: () => 0 },
  });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.admin('POST', '/sandbox/reset');
  const { nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
  startMs = Math.floor(nowMs / dayMs) * dayMs;
});

const advance = (days: number) => sandbox.admin('POST', '/sandbox/clock/advance', { ms: days * dayMs });

let sold = 0;
async function sell(token: string, amount = { currency: 'GBP', amountMinor: 1234 }): Promise<string> {
  const reference = `box-1.${++sold}.charge.1`;
  const request = { reference, idempotencyKey: reference, amount, token } as const;
  const outcome = await port.charge({ ...request, take: 'authorise_and_capture' });
  if (outcome.kind !== 'approved') throw new Error(`the charge was ${outcome.kind}`);
  return outcome.charge.chargeId;
}

async function giveBack(chargeId: string, amountMinor: number, currency = 'GBP'): Promise<void> {
  const reference = `box-1.${++sold}.refund.1`;
  const amount = { currency, amountMinor };
  const outcome = await port.refund({ reference, idempotencyKey: reference, chargeId, amount });
  expect(outcome.kind).toBe('approved');
}

/** What it is asked for: all of it, and `unavailable` where there is any. */
function asked(range: Partial<ReportRange> = {}): Promise<Reported[]> {
  const { report } = port;
  if (report?.kind !== 'rows') throw new Error('Stripe can be asked');
  return gather(report.ask({ fromMs: startMs - dayMs, untilMs: startMs + 60 * dayMs, ...range }));
}

function rowsOf(items: readonly Reported[]): ReportRow[] {
  return items.map((item) => {
    if (item.kind !== 'row') throw new Error(JSON.stringify(item));
    return item.row;
  });
}

async function inCsv(range: ReportRange): Promise<ReportRow[]> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const query = `from=${day(range.fromMs)}&to=${day(range.untilMs)}`;
  const answer = await fetch(new URL(`/sandbox/reports/stripe?${query}`, sandbox.url));
  const { rows, asides } = await collectRows(readStripeBalanceCsv, await answer.text());
  expect(asides).toEqual([]);
  return rows;
}

/** In an order of their content: a page begins with the newest, a file with the oldest. */
function unordered(rows: readonly ReportRow[]): Omit<ReportRow, 'line'>[] {
  return rows
    .map(({ line: _, ...row }) => row)
    .sort((a, b) => (a.processorReference < b.processorReference ? -1 : 1));
}

describe("Stripe's report", () => {
  it('has the same rows as its CSV of the same days: charges, refunds, failed ones, disputes, exchange', async () => {
    await sandbox.admin('PUT', '/sandbox/money', { rates: { eur: '0.85' } });
    await sell('pm_card_visa');
    await sell('pm_card_visa', { currency: 'EUR', amountMinor: 999 });
    await giveBack(await sell('pm_card_visa', { currency: 'EUR', amountMinor: 5000 }), 1999, 'EUR');
    await giveBack(await sell('pm_sandbox_refund_fails_later'), 400);
    await sell('pm_sandbox_dispute_won', { currency: 'GBP', amountMinor: 9000 });
    await sell('pm_sandbox_dispute_lost', { currency: 'GBP', amountMinor: 700 });
    await advance(3);
    for (let day = 0; day < 12; day++) {
      await sell('pm_card_visa', { currency: 'GBP', amountMinor: 6000 + day });
      await advance(1);
    }
    const range = { fromMs: startMs, untilMs: startMs + 20 * dayMs };
    const rows = rowsOf(await asked(range));
    expect(unordered(rows)).toEqual(unordered(await inCsv(range)));
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['charge', 'refund', 'refund_failed', 'dispute', 'dispute_reversed', 'payout']),
    );
    expect(rows.map(({ line }) => line)).toEqual(rows.map((_, at) => at + 1));
  });

  it('has only the payouts of the days that were asked for', async () => {
    for (let day = 0; day < 6; day++) {
      await sell('pm_card_visa', { currency: 'GBP', amountMinor: 1000 + day });
      await advance(1);
    }
    const range = { fromMs: startMs + 3 * dayMs, untilMs: startMs + 5 * dayMs };
    const rows = rowsOf(await asked(range));
    expect(unordered(rows)).toEqual(unordered(await inCsv(range)));
    expect(rows.filter(({ kind }) => kind === 'payout')).toHaveLength(2);
  });

  it('shows a payout that came back with itself, and not with the next one', async () => {
    await sell('pm_card_visa');
    await advance(2);
    const headers = { Authorization: 'Bearer sk_test_report' };
    const listed = await fetch(new URL('/v1/payouts', sandbox.url), { headers });
    const { data } = (await listed.json()) as { data: { id: string }[] };
    const payout = data[0]?.id;
    await sandbox.admin('POST', '/sandbox/payouts/fail', { payout });
    await advance(3);
    const range = { fromMs: startMs, untilMs: startMs + 10 * dayMs };
    const rows = rowsOf(await asked(range));
    expect(unordered(rows)).toEqual(unordered(await inCsv(range)));
    expect(rows.filter(({ kind }) => kind === 'payout_failed')).toMatchObject([{ payoutReference: payout }]);
  });

  it('is read page by page, however many rows a payout has', async () => {
    for (let n = 0; n < 230; n += 23)
      await Promise.all(Array.from({ length: 23 }, () => sell('pm_card_visa')));
    await advance(3);
    const range = { fromMs: startMs, untilMs: startMs + 4 * dayMs };
    const rows = rowsOf(await asked(range));
    expect(rows).toHaveLength(231);
    expect(unordered(rows)).toEqual(unordered(await inCsv(range)));
  });

  it('ends with why there is no more of it when a page is not answered', async () => {
    await sell('pm_card_visa');
    await advance(3);
    for (const [act, code] of [
      ['answer_429', 'rate_limited'],
      ['reset', 'connection_lost'],
      ['garbage', 'answer_malformed'],
    ] as const) {
      await sandbox.admin('POST', '/sandbox/acts', { operation: 'balance_transactions.list', act, times: 1 });
      expect(await asked()).toEqual([{ kind: 'unavailable', code }]);
    }
    expect(rowsOf(await asked())).toHaveLength(2);
  });
});
