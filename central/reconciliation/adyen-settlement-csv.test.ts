import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collectRows } from '../fixtures/reports/collect.ts';
import { readAdyenSettlementCsv } from './adyen-settlement-csv.ts';

const fixture = readFileSync(new URL('../fixtures/reports/adyen-batch-118.csv', import.meta.url), 'utf8');
const [header = '', sale = ''] = fixture.split('\n');

const read = (text: string) => collectRows(readAdyenSettlementCsv, text);

describe('readAdyenSettlementCsv', () => {
  it('reads a sale: credit less debit, the fee by its parts, the time in the zone of the row', async () => {
    const { rows, asides } = await read(fixture);
    expect(asides).toEqual([]);
    expect(rows[0]).toEqual({
      processor: 'adyen',
      kind: 'charge',
      processorReference: 'Settled/MOD0000000000001',
      paymentReference: 'PSP0000000000001',
      ourReference: 'sale-1',
      amountMinor: 4599,
      currency: 'GBP',
      feeMinor: 89,
      netMinor: 4510,
      netCurrency: 'GBP',
      occurredMs: Date.UTC(2026, 10, 2, 9, 22, 31),
      availableOn: null,
      payoutReference: 'HoldfastLeeds/118',
      line: 2,
    });
  });

  it('reads conversions, refunds by their own reference, chargebacks, fees, and a payout that empties the batch', async () => {
    const { rows } = await read(fixture);
    expect(rows.slice(1)).toMatchObject([
      {
        kind: 'charge',
        amountMinor: 2000,
        currency: 'EUR',
        feeMinor: 34,
        netMinor: 1666,
        netCurrency: 'GBP',
      },
      { kind: 'refund', ourReference: 'refund-1', amountMinor: -500, feeMinor: 10, netMinor: -510 },
      { kind: 'dispute', ourReference: 'sale-0', amountMinor: -2000, feeMinor: 1500, netMinor: -3500 },
      { kind: 'fee', ourReference: null, amountMinor: -120, feeMinor: 0, netMinor: -120 },
      { kind: 'payout', processorReference: 'MerchantPayout/118/TX4711XT batch 118', netMinor: -2046 },
    ]);
    const netMinor = rows.reduce((sum, row) => sum + row.netMinor, 0);
    expect(netMinor).toBe(0);
  });

  const bad: [what: string, row: string, reason: string, field: string][] = [
    ['a zone that is not known', sale.replace('CET', 'XYZ'), 'zone_unknown', 'zone'],
    ['a type that is not known', sale.replace('Settled', 'Lottery'), 'kind_unknown', 'type'],
    ['fees that do not explain the net', sale.replace('0.30', '0.31'), 'amounts_disagree', 'netCredit'],
    ['a row without a batch', sale.replace(',118,', ',,'), 'reference_missing', 'batch'],
    ['a currency that is none', sale.replace('GBP,,45.10', 'GBX,,45.10'), 'currency_unknown', 'netCurrency'],
    ['a row with a cell too many', `${sale},`, 'columns_differ', ''],
  ];
  it.each(bad)('sets %s aside, and goes on', async (_what, row, reason, field) => {
    const { rows, asides } = await read(`${header}\n${row}\n${sale}\n`);
    expect(asides).toMatchObject([{ line: 2, reason, field }]);
    expect(rows).toHaveLength(1);
  });

  it('refuses another report, and says where to get this one', async () => {
    await expect(read('id,amount\n1,2\n')).rejects.toMatchObject({
      code: 'file_malformed',
      hint: expect.stringMatching(/psp reference, .*batch number. Download the Settlement details report/),
    });
  });
});
