import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collectEntries } from '../fixtures/reports/collect.ts';
import { readMt940 } from './mt940.ts';

const fixture = readFileSync(new URL('../fixtures/reports/statement.sta', import.meta.url), 'utf8');

const read = (text: string) => collectEntries(readMt940, text);

function statement(entry: string, closing = 'C261105GBP5,00'): string {
  return `:20:S\n:25:123\n:28C:1\n:60F:C261105GBP0,00\n${entry}\n:61:2611051105C5,00NTRFok\n:62F:${closing}\n-\n`;
}

describe('readMt940', () => {
  it('reads a statement in its envelope: amounts by their mark, references, words, and a turn of the year', async () => {
    const { entries, asides } = await read(fixture);
    expect(asides).toEqual([]);
    expect(entries).toEqual([
      {
        account: '20201555555555',
        bankReference: 'B-1',
        references: ['po_1', 'B-1', 'po_1'],
        text: 'Stripe Technology 166 STRIPE PAYOUT  EREF+po_1 KREF+NONREF',
        amountMinor: 1936,
        currency: 'GBP',
        bookedOn: '2025-12-31',
        valueOn: '2025-12-31',
        line: 6,
      },
      {
        account: '20201555555555',
        bankReference: '308/1:9',
        references: ['TX4711XT'],
        text: '/EREF/TX4711XT/REMI/batch 118',
        amountMinor: 2046,
        currency: 'GBP',
        bookedOn: '2026-01-02',
        valueOn: '2025-12-31',
        line: 9,
      },
      expect.objectContaining({ amountMinor: -500, references: [], line: 12 }),
    ]);
  });

  it('says that the balances agree', async () => {
    expect((await read(fixture)).checks).toEqual([
      {
        account: '20201555555555',
        statement: '308/1',
        currency: 'GBP',
        openingMinor: -10000,
        closingMinor: -6518,
        entriesMinor: 3482n,
        entries: 3,
        setAside: 0,
        agrees: true,
        line: 2,
      },
    ]);
  });

  it('reads several statements of a file, with CRLF, and says which does not agree', async () => {
    const entry = ':61:261105D0,00NMSCx';
    const text = `${statement(entry)}${statement(entry, 'C261105GBP9,99')}`.replaceAll('\n', '\r\n');
    const { entries, checks } = await read(text);
    expect(entries.map(({ amountMinor }) => amountMinor)).toEqual([0, 500, 0, 500]);
    expect(checks.map(({ agrees }) => agrees)).toEqual([true, false]);
  });

  it('says that a statement which breaks off does not agree', async () => {
    const { checks } = await read(fixture.slice(0, fixture.indexOf(':62F:')));
    expect(checks).toMatchObject([{ agrees: false, closingMinor: null, entries: 3 }]);
  });

  const bad: [what: string, entry: string, reason: string][] = [
    ['a line cut short', ':61:261105C5', 'entry_malformed'],
    ['a mark that is none', ':61:261105X5,00NTRFx', 'entry_malformed'],
    ['a point for the decimal comma', ':61:261105C5.00NTRFx', 'entry_malformed'],
    ['an amount finer than a penny', ':61:261105C5,001NTRFx', 'amount_malformed'],
    ['an amount beyond 2^53', ':61:261105C90071992547409,92NTRFx', 'amount_too_large'],
    ['a day that no calendar has', ':61:261131C5,00NTRFx', 'date_malformed'],
    ['a balance that is none', ':60F:C261105QQQ0,00', 'entry_malformed'],
  ];
  it.each(bad)('sets %s aside, and goes on', async (_what, entry, reason) => {
    const { entries, asides } = await read(statement(entry));
    expect(asides).toMatchObject([{ line: 5, reason }]);
    expect(entries).toMatchObject([{ amountMinor: 500 }]);
  });

  it('sets entries without an opening balance aside: nothing else says the currency', async () => {
    const { entries, asides } = await read(':20:S\n:25:1\n:61:261105C5,00NTRFx\n');
    expect(entries).toEqual([]);
    expect(asides).toMatchObject([{ reason: 'currency_unknown' }]);
  });

  it.each([
    ['nothing', ''],
    ['CSV', 'a,b\n1,2\n'],
    ['XML', '<Document/>'],
    ['a middle piece', ':61:261105C5,00NTRFx\n'],
  ])('refuses %s, and says what was expected', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'file_malformed',
      message: expect.stringContaining('no bank statement MT940'),
    });
  });
});
