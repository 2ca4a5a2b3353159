// The sandbox's reports and statements, read by central's readers: the one was written without the other. What was planted is
// found, and nothing else.
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SandboxProcess, startSandbox } from '../../central/processors/fixtures/sandbox.ts';
import { readCamt053 } from '../../central/reconciliation/camt053.ts';
import { readMt940 } from '../../central/reconciliation/mt940.ts';
import type { ReportRow, SetAside, StatementItem } from '../../central/reconciliation/report-row.ts';
import { readStripeBalanceCsv } from '../../central/reconciliation/stripe-balance-csv.ts';

interface Fault {
  side: string;
  kind: string;
  target: string;
  also: string[];
  alsoOurs: string[];
  ourReference: string | null;
  payout: string | null;
  offBy: number;
  scope: string;
}

const dayMs = 86_400_000;
let sandbox: SandboxProcess;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startSandbox();
  const { hostname: host, port } = sandbox.url;
  stripe = new Stripe('sk_test_files', {
    host,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.admin('POST', '/sandbox/reset'));

const advanceDays = (days: number) =>
  sandbox.admin('POST', '/sandbox/clock/advance', { ms: Math.round(days * dayMs) });
const sale = (reference: string, amount = 1000, change: object = {}) =>
  stripe.paymentIntents.create({
    amount,
    currency: 'gbp',
    payment_method: 'pm_card_visa',
    confirm: true,
    metadata: { holdfast_reference: reference },
    ...change,
  });

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const answer = await fetch(new URL(path, sandbox.url));
  if (!answer.ok) throw new Error(await answer.text());
  yield new Uint8Array(await answer.arrayBuffer());
}

async function report(query = ''): Promise<{ rows: ReportRow[]; asides: SetAside[] }> {
  const rows: ReportRow[] = [];
  const asides: SetAside[] = [];
  for await (const item of readStripeBalanceCsv(bytesOf(`/sandbox/reports/stripe${query}`))) {
    if (item.kind === 'row') rows.push(item.row);
    else asides.push(item.aside);
  }
  return { rows, asides };
}

async function statement(kind: 'camt053' | 'mt940', query = '') {
  const bytes = bytesOf(`/sandbox/bank/${kind}${query}`);
  const items: StatementItem[] = [];
  for await (const item of kind === 'camt053' ? readCamt053(bytes) : readMt940(bytes)) items.push(item);
  return {
    entries: items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : [])),
    checks: items.flatMap((item) => (item.kind === 'statement' ? [item.check] : [])),
    asides: items.flatMap((item) => (item.kind === 'aside' ? [item.aside] : [])),
  };
}

const faults = async () => (await sandbox.admin<{ faults: Fault[] }>('GET', '/sandbox/faults')).faults;

/** Four days of ten sales, each paid out. */
async function tradeForDays(days = 4): Promise<void> {
  for (let day = 0; day < days; day++) {
    for (let at = 0; at < 10; at++) await sale(`day${day}.sale${at}`, 1000 + at);
    await advanceDays(1);
  }
  await advanceDays(4);
}

/** How a row differs from what it was before the faults. */
function difference(before: ReportRow | undefined, row: ReportRow | undefined, times: number): string | null {
  if (!before) return 'row_unknown';
  if (!row) return 'row_missing';
  if (times === 2) return 'row_doubled';
  if (row.amountMinor - before.amountMinor === 1) return 'amount_other';
  if (row.feeMinor - before.feeMinor === 1) return 'fee_other';
  expect({ ...row, line: 0 }).toEqual({ ...before, line: 0 });
  return null;
}

describe('the report', () => {
  it('reads as it was written: every kind of row, our references, fees, and payouts that add up', async () => {
    await sandbox.admin('PUT', '/sandbox/money', { rates: { eur: '0.85' } });
    const first = await sale('a');
    await sale('b', 1000, { currency: 'eur' });
    await sale('c', 2000, { payment_method: 'pm_sandbox_dispute_won' });
    await sale('d', 3000, { payment_method: 'pm_sandbox_refund_fails_later' });
    await sale('quoted, "e"', 50_000);
    const { data } = await stripe.paymentIntents.list({ limit: 100 });
    const fails = data.find(({ amount }) => amount === 3000)?.id ?? '';
    await stripe.refunds.create({ payment_intent: first.id, amount: 300 });
    await stripe.refunds.create({ payment_intent: fails });
    await advanceDays(15);
    // Disputes leave a balance below zero: the next money takes them along.
    await sale('f', 50_000);
    await advanceDays(4);

    const { rows, asides } = await report();
    expect(asides).toEqual([]);
    const kinds = new Set(rows.map(({ kind }) => kind));
    expect(kinds).toEqual(
      new Set(['charge', 'refund', 'refund_failed', 'dispute', 'dispute_reversed', 'payout']),
    );
    const charges = new Map(
      rows.filter(({ kind }) => kind === 'charge').map((row) => [row.ourReference, row]),
    );
    expect(charges.get('a')).toMatchObject({
      amountMinor: 1000,
      feeMinor: 34,
      netMinor: 966,
      currency: 'GBP',
    });
    expect(charges.get('b')).toMatchObject({
      amountMinor: 1000,
      currency: 'EUR',
      netMinor: 850 - 32,
      netCurrency: 'GBP',
    });
    expect(charges.has('quoted, "e"')).toBe(true);
    expect(rows.find(({ kind }) => kind === 'dispute')).toMatchObject({ amountMinor: -2000, feeMinor: 2000 });
    const payouts = new Map<string | null, number>();
    for (const { payoutReference, netMinor } of rows) {
      payouts.set(payoutReference, (payouts.get(payoutReference) ?? 0) + netMinor);
    }
    expect(payouts.has(null)).toBe(false);
    expect([...payouts.values()].every((sum) => sum === 0)).toBe(true);
  });

  it('has the rows of its period: by the day of their payout, or of their making', async () => {
    await tradeForDays(3);
    const now = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
    const day = (back: number) => new Date(now.nowMs - back * dayMs).toISOString().slice(0, 10);
    const all = await report();
    const parts = [await report(`?to=${day(4)}`), await report(`?from=${day(4)}`)];
    expect(parts.flatMap(({ rows }) => rows.map(({ processorReference }) => processorReference))).toEqual(
      all.rows.map(({ processorReference }) => processorReference),
    );
    expect(parts.every(({ rows }) => rows.length > 0)).toBe(true);
    const made = await report(`?by=created&from=${day(7)}&to=${day(6)}`);
    expect(made.rows.filter(({ kind }) => kind === 'charge')).toHaveLength(10);
  });

  it.each([
    ['amount_malformed', 'amount_malformed'],
    ['date_malformed', 'date_malformed'],
    ['quote_open', 'quote_open'],
    ['truncated', 'columns_differ'],
  ])('with %s loses what was planted, set aside as %s', async (kind, reason) => {
    await tradeForDays();
    const before = (await report()).rows;
    const whole = before.map(({ processorReference }) => processorReference);
    const { rows, asides } = await report(`?faults=${kind}:2&seed=5`);
    const planted = await faults();
    expect(planted).toHaveLength(kind.endsWith('malformed') ? 2 : 1);
    expect(asides.map((aside) => aside.reason)).toEqual(planted.map(() => reason));
    for (const { target } of planted) expect(asides.some(({ text }) => text.includes(target))).toBe(true);
    const lost = planted.flatMap(({ target, also }) => [target, ...also]);
    expect(rows.map(({ processorReference }) => processorReference)).toEqual(
      whole.filter((reference) => !lost.includes(reference)),
    );
    const ours = before.filter((row) => lost.includes(row.processorReference) && row.ourReference !== null);
    expect(planted.flatMap(({ ourReference, alsoOurs }) => [ourReference, ...alsoOurs])).toEqual(
      expect.arrayContaining(ours.map(({ ourReference }) => ourReference)),
    );
  });

  it('with missing, doubled, unknown and wrong rows differs from the whole in these and no others', async () => {
    await tradeForDays();
    const whole = new Map((await report()).rows.map((row) => [row.processorReference, row]));
    for (const [at, kind] of [
      'row_missing',
      'row_doubled',
      'row_unknown',
      'amount_other',
      'fee_other',
    ].entries()) {
      await sandbox.admin('POST', '/sandbox/faults', { side: 'report', kind, count: 2, seed: at });
    }
    const planted = await faults();
    expect(planted).toHaveLength(10);
    const { rows, asides } = await report();
    expect(asides).toEqual([]);
    const counts = new Map<string, number>();
    for (const { processorReference: own } of rows) counts.set(own, (counts.get(own) ?? 0) + 1);
    const names = new Set([...whole.keys(), ...counts.keys()]);
    const found = [...names].flatMap((own) => {
      const row = rows.find(({ processorReference }) => processorReference === own);
      const kind = difference(whole.get(own), row, counts.get(own) ?? 0);
      return kind === null ? [] : [`${kind} ${own}`];
    });
    expect(found.sort()).toEqual(planted.map(({ kind, target }) => `${kind} ${target}`).sort());
    for (const { kind, target, ourReference, payout } of planted) {
      if (kind === 'row_unknown') continue;
      expect(whole.get(target)).toMatchObject({ ourReference, payoutReference: payout });
    }
  });

  it('shows a payout that came back with the one that it was', async () => {
    await sale('a');
    await advanceDays(2);
    const [payout] = (await stripe.payouts.list()).data;
    await sandbox.admin('POST', '/sandbox/payouts/fail', { payout: payout?.id });
    await advanceDays(3);
    const { rows } = await report();
    const told = rows.map(({ kind, netMinor, payoutReference }) => [
      kind,
      netMinor,
      payoutReference === payout?.id,
    ]);
    expect(told).toEqual([
      ['charge', 966, true],
      ['payout', -966, true],
      ['payout_failed', 966, true],
      ['payout', -966, false],
    ]);
    expect((await statement('camt053')).entries).toHaveLength(1);
  });
});

describe.each(['camt053', 'mt940'] as const)('the bank statement as %s', (kind) => {
  it('has an entry for each payout that arrived, by its name, and adds up', async () => {
    await tradeForDays();
    await sale('usd', 800, { currency: 'usd' });
    await sale('jpy', 9000, { currency: 'jpy' });
    await advanceDays(5);
    const payouts = (await stripe.payouts.list({ limit: 100 })).data;
    const { entries, checks, asides } = await statement(kind);
    expect(asides).toEqual([]);
    expect(checks.every(({ agrees }) => agrees)).toBe(true);
    expect(checks.map(({ account }) => account)).toEqual(['SANDBOXGBP', 'SANDBOXJPY', 'SANDBOXUSD']);
    expect(entries).toHaveLength(payouts.length);
    for (const payout of payouts) {
      const entry = entries.find(({ references }) => references.includes(payout.id));
      expect(entry).toMatchObject({
        amountMinor: payout.amount,
        currency: payout.currency.toUpperCase(),
        bookedOn: new Date(payout.arrival_date * 1000).toISOString().slice(0, 10),
      });
    }
  });

  it('of a period begins with what the one before ended with', async () => {
    await tradeForDays();
    const { nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
    const middle = new Date(nowMs - 3 * dayMs).toISOString().slice(0, 10);
    const [before, after] = [
      await statement(kind, `?to=${middle}`),
      await statement(kind, `?from=${middle}`),
    ];
    expect(before.entries.length).toBeGreaterThan(0);
    expect(after.entries.length).toBeGreaterThan(0);
    expect(after.checks[0]?.openingMinor).toBe(before.checks[0]?.closingMinor);
    expect(after.checks[0]?.agrees).toBe(true);
  });

  it('goes wrong as planted, and still adds up', async () => {
    await tradeForDays(6);
    const whole = (await statement(kind)).entries;
    const wishes = 'entries_joined,entry_missing,entry_doubled,amount_other';
    const { entries, checks } = await statement(kind, `?faults=${wishes}&seed=2`);
    expect(checks[0]?.agrees).toBe(true);
    const planted = new Map((await faults()).map((fault) => [fault.kind, fault]));
    expect(planted.size).toBe(4);
    const named = (name = '') =>
      entries.filter(({ references, text }) => [...references, text].join(' ').includes(name));
    const amountOf = (name = '') =>
      whole.find(({ references }) => references.includes(name))?.amountMinor ?? Number.NaN;
    const [missing, doubled] = [planted.get('entry_missing'), planted.get('entry_doubled')];
    expect(named(missing?.target)).toEqual([]);
    expect(named(doubled?.target)).toHaveLength(2);
    const other = planted.get('amount_other')?.target;
    expect(named(other)[0]?.amountMinor).toBe(amountOf(other) + 1);
    const { target = '', also = [] } = planted.get('entries_joined') ?? {};
    const all = [target, ...also];
    expect(all.length).toBeGreaterThan(1);
    const [joined, ...others] = named(target);
    expect(others).toEqual([]);
    expect(all.every((name) => named(name)[0] === joined)).toBe(true);
    expect(joined?.amountMinor).toBe(all.reduce((sum, name) => sum + amountOf(name), 0));
    expect(entries).toHaveLength(whole.length - 1 + 1 - also.length);
  });
});

it.each([
  ['/sandbox/reports/stripe?from=yesterday', 'query_invalid'],
  ['/sandbox/reports/stripe?faults=row_eaten', 'query_invalid'],
  ['/sandbox/bank/mt940?faults=row_missing', 'query_invalid'],
])('refuses %s with %s', async (path, code) => {
  const answer = await fetch(new URL(path, sandbox.url));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code });
});
