// The sandbox's settlement details report, read by what reads Adyen's.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAdyenSettlementCsv } from '../reconciliation/adyen-settlement-csv.ts';
import type { ReportItem } from '../reconciliation/report-row.ts';
import { nameAttempt } from './attempt.ts';
import { type AdyenOnTheSandbox, startAdyen } from './fixtures/adyen-on-the-sandbox.ts';

let adyen: AdyenOnTheSandbox;
beforeAll(async () => {
  adyen = await startAdyen();
});
afterAll(() => adyen.stop());
beforeEach(() => adyen.reset(null));

const named = (documentId: string, purpose: 'charge' | 'refund') =>
  nameAttempt({ applianceId: 'box-1', documentId, purpose, number: 1 });

async function sell(documentId: string, amountMinor: number, currency = 'GBP') {
  const outcome = await adyen.port().charge({
    ...named(documentId, 'charge'),
    amount: { currency, amountMinor },
    token: 'M5N7TQ4TG5PFWR50',
    take: 'authorise_and_capture',
  });
  if (outcome.kind !== 'approved') throw new Error(outcome.kind);
  return outcome.charge;
}

async function report(query = ''): Promise<{ items: ReportItem[]; planted: { fault: string }[] }> {
  const answer = await fetch(new URL(`/sandbox/adyen/settlement-report${query}`, adyen.sandbox.url));
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const items: ReportItem[] = [];
  const chunks = (async function* () {
    yield bytes;
  })();
  for await (const item of readAdyenSettlementCsv(chunks)) items.push(item);
  const { planted } = await adyen.sandbox.admin<{ planted: { fault: string }[] }>(
    'GET',
    `/sandbox/adyen/settlement-report/planted${query}`,
  );
  return { items, planted };
}
const rowsOf = (items: ReportItem[]) => items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));

describe("the sandbox's settlement details report", () => {
  it('has every sale and refund with its fees, and pays out what is left, batch by batch', async () => {
    const { chargeId } = await sell('a', 4599);
    await sell('b', 500, 'JPY');
    await sell('c', 2000, 'ISK');
    const refund = { ...named('a', 'refund'), chargeId, amount: { currency: 'GBP', amountMinor: 599 } };
    await adyen.port().refund(refund);
    const { items } = await report('?batch=7');
    expect(items.filter(({ kind }) => kind === 'aside')).toEqual([]);
    const rows = rowsOf(items);
    const ofSale = rows.find(({ ourReference }) => ourReference === 'box-1.a.charge.1');
    expect(ofSale).toMatchObject({
      kind: 'charge',
      paymentReference: chargeId,
      amountMinor: 4599,
      feeMinor: 13 + 4 + 10,
      netMinor: 4599 - 27,
      occurredMs: adyen.nowMs(),
    });
    const ofRefund = rows.find(({ kind }) => kind === 'refund');
    expect(ofRefund).toMatchObject({ ourReference: refund.reference, amountMinor: -599, netMinor: -609 });
    expect(rows.find(({ currency }) => currency === 'ISK')).toMatchObject({ amountMinor: 2000 });
    for (const payout of rows.filter(({ kind }) => kind === 'payout')) {
      const batch = rows.filter(({ payoutReference }) => payoutReference === payout.payoutReference);
      expect(batch.reduce((sum, { netMinor }) => sum + netMinor, 0)).toBe(0);
    }
    expect(new Set(rows.map(({ payoutReference }) => payoutReference))).toEqual(
      new Set(['HoldfastLeeds/7', 'HoldfastLeeds/8', 'HoldfastLeeds/9']),
    );
  });

  it('plants the faults that are asked for, each in a row of its own, and says where', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await sell(id, 1000);
    const whole = rowsOf((await report()).items).filter(({ kind }) => kind === 'charge');
    expect(whole).toHaveLength(7);
    const faults = 'missing,doubled,malformed,foreign_currency,amount_differs,truncated';
    const { items, planted } = await report(`?faults=${faults}`);
    expect(planted.map(({ fault }) => fault)).toEqual(faults.split(','));
    const charges = rowsOf(items).filter(({ kind }) => kind === 'charge');
    const times = (id: string) =>
      charges.filter(({ ourReference }) => ourReference === `box-1.${id}.charge.1`).length;
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(times)).toEqual([0, 2, 0, 1, 1, 1, 0]);
    expect(charges.find(({ ourReference }) => ourReference === 'box-1.d.charge.1')).toMatchObject({
      currency: 'GBP',
      netCurrency: 'USD',
    });
    expect(charges.find(({ ourReference }) => ourReference === 'box-1.e.charge.1')?.amountMinor).toBe(11_000);
    const asides = items.flatMap((item) => (item.kind === 'aside' ? [item.aside.reason] : []));
    expect(asides).toEqual(['amount_malformed', 'columns_differ']);
  });

  it('has what lies between two times, and refuses a question it does not know', async () => {
    await sell('a', 1000);
    const from = new Date(adyen.nowMs() + 1).toISOString();
    expect((await report(`?from=${from}`)).items).toEqual([]);
    const answer = await fetch(new URL('/sandbox/adyen/settlement-report?faults=explode', adyen.sandbox.url));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'query_invalid' });
  });
});
