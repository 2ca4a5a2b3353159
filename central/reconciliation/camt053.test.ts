import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collectEntries } from '../fixtures/reports/collect.ts';
import { readCamt053 } from './camt053.ts';

const fixture = readFileSync(new URL('../fixtures/reports/statement-08.xml', import.meta.url), 'utf8');

const read = (text: string) => collectEntries(readCamt053, text);

/** A statement of version 02 with one entry of £5, and what the test puts in its place. */
function statement02(entry = five(), closing = '5.00'): string {
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`;
  return (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id>' +
    '<Acct><Id><Othr><Id>12345678</Id></Othr></Id></Acct>' +
    `${balance('PRCD', '0.00')}${balance('CLBD', closing)}\n${entry}</Stmt></BkToCstmrStmt></Document>`
  );
}

function five(): string {
  return '<Ntry><Amt Ccy="GBP">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-05</Dt></BookgDt></Ntry>';
}

describe('readCamt053', () => {
  it('reads version 08 with prefixes: amounts by their direction, references and words', async () => {
    const { entries } = await read(fixture);
    expect(entries[0]).toEqual({
      account: 'GB33BUKB20201555555555',
      bankReference: 'B-1',
      references: ['po_1'],
      text: 'Stripe & Co STRIPE <PAYOUT>',
      amountMinor: 1936,
      currency: 'GBP',
      bookedOn: '2026-11-05',
      valueOn: '2026-11-06',
      line: 11,
    });
    expect(entries.slice(1)).toMatchObject([
      { amountMinor: 2046, text: 'TX4711XT batch 118', valueOn: '2026-11-05', bankReference: 'S-308:25' },
      { amountMinor: -500, references: [] },
    ]);
  });

  it('says that the balances agree, without what is only announced', async () => {
    const { checks, asides } = await read(fixture);
    expect(checks).toEqual([
      {
        account: 'GB33BUKB20201555555555',
        statement: 'S-308',
        currency: 'GBP',
        openingMinor: -10000,
        closingMinor: -6518,
        entriesMinor: 3482n,
        entries: 3,
        setAside: 0,
        agrees: true,
        line: 5,
      },
    ]);
    expect(asides).toMatchObject([{ reason: 'not_booked', field: 'Sts' }]);
  });

  it('reads version 02', async () => {
    const { entries, checks } = await read(statement02());
    expect(entries).toMatchObject([{ account: '12345678', amountMinor: 500, bankReference: 'S:2' }]);
    expect(checks).toMatchObject([{ agrees: true }]);
  });

  it('says when the entries do not lead from one balance to the other', async () => {
    expect((await read(statement02(five(), '5.01'))).checks).toMatchObject([
      { agrees: false, closingMinor: 501 },
    ]);
    expect((await read(statement02(five().repeat(2)))).checks).toMatchObject([{ agrees: false, entries: 2 }]);
  });

  const bad: [what: string, entry: string, reason: string, field: string][] = [
    ['an amount that is no number', five().replace('5.00', 'five'), 'amount_malformed', 'Amt'],
    ['an amount below zero', five().replace('5.00', '-5.00'), 'entry_malformed', 'CdtDbtInd'],
    ['an amount beyond 2^53', five().replace('5.00', '90071992547409.92'), 'amount_too_large', 'Amt'],
    ['an amount finer than a penny', five().replace('5.00', '5.001'), 'amount_malformed', 'Amt'],
    ['a currency that is none', five().replace('GBP', 'GBX'), 'currency_unknown', 'Amt/@Ccy'],
    ["a currency that is not the account's", five().replace('GBP', 'EUR'), 'currency_unknown', 'Amt/@Ccy'],
    ['no direction', five().replace('CRDT', 'SIDE'), 'entry_malformed', 'CdtDbtInd'],
    ['a day that no calendar has', five().replace('11-05', '11-31'), 'date_malformed', 'BookgDt'],
  ];
  it.each(bad)(
    'sets an entry with %s aside, goes on, and says that the sum lacks it',
    async (_what, entry, reason, field) => {
      const { entries, checks, asides } = await read(statement02(`${entry}\n${five()}`, '10.00'));
      expect(asides).toMatchObject([{ line: 2, reason, field }]);
      expect(entries).toMatchObject([{ amountMinor: 500, line: 3 }]);
      expect(checks).toMatchObject([{ agrees: false, setAside: 1 }]);
    },
  );

  it('keeps what was read before the file breaks off', async () => {
    const text = statement02(`${five()}\n${five()}`);
    const { entries, checks, asides } = await read(text.slice(0, text.lastIndexOf('<Sts>')));
    expect(entries).toHaveLength(1);
    expect(checks).toMatchObject([{ agrees: true, entries: 1 }]);
    expect(asides).toMatchObject([{ line: 3, reason: 'truncated' }]);
  });

  it('takes no document type, and with it no entities of its own', async () => {
    const text = `<!DOCTYPE d [<!ENTITY a "aaaa">]>${statement02()}`;
    await expect(read(text)).rejects.toMatchObject({ code: 'file_malformed' });
  });

  it.each([
    ['nothing', ''],
    ['CSV', 'a,b\n1,2\n'],
    ['another XML', '<html><body/></html>'],
    ['an account report', statement02().replace('camt.053', 'camt.052')],
    ['a version not known', statement02().replace('001.02', '001.99')],
  ])('refuses %s, and says what was expected', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'file_malformed',
      message: expect.stringContaining('no bank statement camt.053'),
    });
  });
});
