import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collectRows } from '../fixtures/reports/collect.ts';
import { readStripeBalanceCsv } from './stripe-balance-csv.ts';

const fixture = readFileSync(new URL('../fixtures/reports/stripe-payout.csv', import.meta.url), 'utf8');
const header = 'balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id';
const good = 'txn_9,2026-11-02 09:00:00,gbp,10.00,0.30,9.70,charge,ch_9';

const read = (text: string | Uint8Array) => collectRows(readStripeBalanceCsv, text);

describe('readStripeBalanceCsv', () => {
  it('reads an itemised payout: a sale with everything', async () => {
    const { rows, asides } = await read(fixture);
    expect(asides).toEqual([]);
    expect(rows[0]).toEqual({
      processor: 'stripe',
      kind: 'charge',
      processorReference: 'txn_1',
      paymentReference: 'pi_1',
      ourReference: 'sale-1',
      amountMinor: 1250,
      currency: 'GBP',
      feeMinor: 39,
      netMinor: 1211,
      netCurrency: 'GBP',
      occurredMs: Date.UTC(2026, 10, 2, 9, 30, 11),
      availableOn: '2026-11-04',
      payoutReference: 'po_1',
      line: 2,
    });
  });

  it('reads what the card holder paid in another currency, and the lines after a quoted line break', async () => {
    const { rows } = await read(fixture);
    expect(rows[1]).toMatchObject({
      amountMinor: 4800,
      currency: 'EUR',
      netMinor: 4010,
      netCurrency: 'GBP',
      line: 3,
    });
    expect(
      rows.slice(2).map(({ kind, amountMinor, feeMinor, line }) => [kind, amountMinor, feeMinor, line]),
    ).toEqual([
      ['refund', -250, 0, 5],
      ['dispute', -1500, 1500, 6],
      ['fee', -35, 0, 7],
      ['payout', -1936, 0, 8],
    ]);
    expect(rows.reduce((sum, { netMinor }) => sum + netMinor, 0)).toBe(0);
  });

  it("reads the dashboard's export with its other names of columns", async () => {
    const { rows } = await read(
      'id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),holdfast_reference (metadata)\n' +
        '"txn_1","payment","ch_1","1,5","0","1,5","eur","2026-01-21 07:21","2026-01-27 00:00","sale-1"\n' +
        '"txn_2","payment","ch_2","1.50","0.10","1.40","eur","2026-01-21 07:21","2026-01-27 00:00","sale-2"\n',
    );
    expect(rows).toMatchObject([
      { kind: 'charge', ourReference: 'sale-2', amountMinor: 150, availableOn: '2026-01-27' },
    ]);
  });

  it('takes semicolons with decimal commas, CRLF, a byte order mark and columns in any order', async () => {
    const text =
      '\ufeffnet;fee;gross;currency;reporting_category;created;balance_transaction_id\r\n' +
      '9,70;0,30;10,00;eur;charge;2026-11-02;txn_1\r\n9.70;0.30;10.00;eur;charge;2026-11-02;txn_2\r\n';
    const { rows } = await read(text);
    expect(rows.map(({ netMinor, line }) => [netMinor, line])).toEqual([
      [970, 2],
      [970, 3],
    ]);
  });

  const bad: [what: string, row: string, reason: string, field: string][] = [
    ['a row cut short', 'txn_9,2026-11-02 09:00', 'columns_differ', ''],
    ['a currency that is none', good.replace('gbp', 'quid'), 'currency_unknown', 'currency'],
    ['an amount that is no number', good.replace('10.00', 'ten'), 'amount_malformed', 'gross'],
    ['an empty amount', good.replace('10.00', ''), 'amount_malformed', 'gross'],
    ['an amount with grouped thousands', good.replace('10.00', '"10,000.00"'), 'amount_malformed', 'gross'],
    ['an amount beyond 2^53', good.replace('10.00', '90071992547409.92'), 'amount_too_large', 'gross'],
    ['a day that no calendar has', good.replace('11-02', '02-30'), 'date_malformed', 'created'],
    ['a net that is not gross less fee', good.replace('9.70', '9.71'), 'amounts_disagree', 'net'],
    ['a category that is not known', good.replace('charge,', 'lottery,'), 'kind_unknown', 'category'],
    ['no reference', good.replace('txn_9', ' '), 'reference_missing', 'id'],
    ['the header once more', header, 'header_repeated', ''],
    ['a quote left open', good.replace('ch_9', '"ch_9'), 'quote_open', ''],
  ];
  it.each(bad)('sets %s aside, and goes on', async (_what, row, reason, field) => {
    const { rows, asides } = await read(`${header}\n${row}\n${good.replaceAll('_9', '_8')}\n`);
    expect(asides).toEqual([{ line: 2, reason, field, text: expect.any(String) }]);
    expect(rows.map(({ processorReference }) => processorReference)).toEqual(['txn_8']);
  });

  it('sets a row with bytes that are no UTF-8 aside where they stand in something that is read', async () => {
    const text = Buffer.from(`${header}\n${good.replace('txn_9', 'txn_\u00e9')}\n${good}\n`, 'latin1');
    const { rows, asides } = await read(text);
    expect(asides).toMatchObject([{ line: 2, reason: 'not_utf8', field: 'id' }]);
    expect(rows).toHaveLength(1);
  });

  const foreign: [what: string, text: string | Uint8Array, words: RegExp][] = [
    ['nothing', '', /lacks the columns/],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), /lacks the columns/],
    ['UTF-16', Buffer.from(`\ufeff${header}\n`, 'utf16le'), /lacks the columns/],
    [
      'a bank statement',
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">',
      /lacks the columns/,
    ],
    [
      'a report without amounts',
      'balance_transaction_id,created_utc,currency\n',
      /gross or amount, fee, net/,
    ],
    ['a header with a column twice', `${header},fee\n`, /column fee is there twice/],
  ];
  it.each(foreign)('refuses %s, and says what was expected', async (_what, text, words) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'file_malformed',
      message: expect.stringContaining("no CSV file of Stripe's balance transactions"),
      hint: expect.stringMatching(words),
    });
  });
});
