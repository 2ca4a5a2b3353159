// `ledger export` as operators run it, and hledger itself as the judge of what it writes.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, checkoutEntry, refundEntry, voidEntry } from '../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { beancountAccount } from '../ledger/export/beancount.ts';

const run = promisify(execFile);
const dayMs = 86_400_000;
const firstMs = Date.UTC(2026, 10, 20, 23, 59);

/** The other program's own answer; a test without it would prove nothing. */
async function judge(program: string, inPackage: string, args: string[]): Promise<string> {
  try {
    return (await run(program, args)).stdout;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? new Error(`${program} is missing: apt-get install ${inPackage}`, { cause: error })
      : error;
  }
}
const hledger = (...args: string[]) => judge('hledger', 'hledger', args);
const beanCheck = (file: string) => judge('bean-check', 'beancount', ['--no-cache', file]);

let desk: Desk;
let journalFile: string;

beforeAll(async () => {
  desk = openDesk();
  journalFile = desk.file('books.journal');
  const { privateKey, publicKeyDer } = testKeys();
  const journal = createTestJournal('box-1', privateKey);
  const sales = [checkoutEntry({ totalMinor: 1500 }), checkoutEntry({ totalMinor: 370 })] as const;
  journal.append(...sales.map(bytesOf));
  journal.append(bytesOf(refundEntry(sales[0].id, 400)), bytesOf(voidEntry(sales[1].id)));
  const { journalId } = journal;
  const facts = { lastSeq: 4, lastHash: journal.hashAt(4), feedId: null, appliedThrough: 0, release: 't' };
  const payload = await journal.payload(1, 4);
  desk.inStore((store) => {
    const nowMs = firstMs;
    store.hello({ applianceId: 'box-1', publicKey: publicKeyDer, journalId, nowMs, ...facts });
    store.receive({ applianceId: 'box-1', payload, nowMs });
    store.bookPiece(2, nowMs);
    store.bookPiece(2, nowMs + dayMs);
  });
});
afterAll(() => desk.remove());

describe('ledger export', () => {
  it('writes a journal that hledger finds strictly whole, with the balances the ledger keeps', async () => {
    expect(await desk.json('ledger', 'export', '--format', 'hledger', '--out', journalFile)).toEqual({
      file: journalFile,
      format: 'hledger',
      movements: 4,
      postings: 8,
    });
    // Every account and commodity declared, every transaction balanced, every assertion true.
    expect(await hledger('-f', journalFile, 'check', '--strict')).toBe('');
    const balances = await hledger('-f', journalFile, 'balance', '--flat', '-O', 'csv', '--no-total');
    expect((parse(balances, { from_line: 2 }) as string[][]).sort()).toEqual([
      ['payable:payee:house', '-11.00 GBP'],
      ['payable:refund', '-4.00 GBP'],
      ['receivable:customer', '15.00 GBP'],
    ]);
  });

  it('is refused by hledger when one posting or one balance is changed', async () => {
    await desk.json('ledger', 'export', '--format', 'hledger', '--out', journalFile);
    const text = readFileSync(journalFile, 'utf8');
    for (const [from, to] of [
      ['receivable:customer  3.70 GBP', 'receivable:customer  3.71 GBP'],
      ['= -11.00 GBP', '= -11.01 GBP'],
      ['account payable:refund', 'account payable:other'],
    ] as const) {
      expect(text).toContain(from);
      const spoilt = desk.file('spoilt.journal');
      writeFileSync(spoilt, text.replace(from, to));
      await expect(hledger('-f', spoilt, 'check', '--strict')).rejects.toMatchObject({ code: 1 });
    }
  });

  it('is refused by hledger when it claims that everything is settled and it is not', async () => {
    const file = desk.file('settled.journal');
    await desk.json('ledger', 'export', '--format', 'hledger', '--settled', '--out', file);
    await expect(hledger('-f', file, 'check', '--strict')).rejects.toThrow(/receivable:customer/);
  });

  it('writes for beancount by its own roots, with the balances of the day after', async () => {
    const file = desk.file('books.beancount');
    await desk.json('ledger', 'export', '--format', 'beancount', '--out', file);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('1970-01-01 open Liabilities:Payable:Payee:House\n');
    expect(text).toContain('2026-11-20 * "sale"\n  movement: "1"\n  source: "entry"\n');
    expect(text).toMatch(/^\d{4}-\d\d-\d\d balance Assets:Receivable:Customer {2}15\.00 ~ 0 GBP$/m);
    expect(beancountAccount('receivable:processor:holdfast_sandbox')).toBe(
      'Assets:Receivable:Processor:Holdfast-sandbox',
    );
    expect(beancountAccount('expense:offline_loss')).toBe('Expenses:Offline-loss');
    expect(beancountAccount('suspense')).toBe('Equity:Suspense');
  });

  it('writes what bean-check finds whole, and refuses when one posting or one balance is changed', async () => {
    const file = desk.file('books.beancount');
    await desk.json('ledger', 'export', '--format', 'beancount', '--out', file);
    expect(await beanCheck(file)).toBe('');
    const text = readFileSync(file, 'utf8');
    for (const [from, to] of [
      ['Assets:Receivable:Customer  3.70 GBP', 'Assets:Receivable:Customer  3.71 GBP'],
      ['balance Liabilities:Payable:Payee:House  -11.00', 'balance Liabilities:Payable:Payee:House  -11.01'],
      ['open Liabilities:Payable:Refund', 'open Liabilities:Payable:Other'],
    ] as const) {
      expect(text).toContain(from);
      const spoilt = desk.file('spoilt.beancount');
      writeFileSync(spoilt, text.replace(from, to));
      await expect(beanCheck(spoilt)).rejects.toMatchObject({ code: 1 });
    }
  });

  it('begins a part with the balances of its day, so that the part alone comes to those of the end', async () => {
    const part = async (format: string) => {
      const file = desk.file(`from.${format}`);
      const asked = ['--format', format, '--from', '2026-11-21', '--out', file];
      expect(await desk.json('ledger', 'export', ...asked)).toMatchObject({ movements: 2, postings: 4 });
      return file;
    };
    const [journal, beans] = [await part('hledger'), await part('beancount')];
    expect(readFileSync(journal, 'utf8')).toContain('2026-11-21 opening balances  ; source:ledger\n');
    expect(readFileSync(journal, 'utf8')).toContain('closing balances');
    expect(await hledger('-f', journal, 'check', '--strict')).toBe('');
    expect(await beanCheck(beans)).toBe('');
    for (const file of [journal, beans]) {
      const spoilt = `${file}.spoilt`;
      writeFileSync(spoilt, readFileSync(file, 'utf8').replaceAll('18.70 GBP', '18.71 GBP'));
      const judged = file === journal ? hledger('-f', spoilt, 'check', '--strict') : beanCheck(spoilt);
      await expect(judged).rejects.toMatchObject({ code: 1 });
    }
    const day = desk.file('first.journal');
    await desk.json('ledger', 'export', '--format', 'hledger', '--from', '2026-11-20', '--out', day);
    expect(readFileSync(day, 'utf8')).not.toContain('opening balances');
  });

  it('writes a line a posting as CSV, of the days that are asked for', async () => {
    const file = desk.file('part.csv');
    const said = await desk.run('ledger', 'export', '--format', 'csv', '--from', '2026-11-21', '--out', file);
    expect(said).toEqual({ code: 0, stderr: '', stdout: `2 movements with 4 postings are in ${file}.\n` });
    const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
    expect(
      rows.map((row) => [row.movement, row.line, row.reason, row.account, row.amount_minor, row.amount]),
    ).toEqual([
      ['', '1', 'opening balances', 'payable:payee:house', '-1870', '-18.70'],
      ['', '2', 'opening balances', 'receivable:customer', '1870', '18.70'],
      ['3', '1', 'refund', 'payable:payee:house', '400', '4.00'],
      ['3', '2', 'refund', 'payable:refund', '-400', '-4.00'],
      ['4', '1', 'void', 'receivable:customer', '-370', '-3.70'],
      ['4', '2', 'void', 'payable:payee:house', '370', '3.70'],
    ]);
    expect(rows[0]).toMatchObject({ source: 'ledger', booked_at: '2026-11-21T00:00:00.000Z' });
    expect(rows[2]).toMatchObject({
      source: 'entry',
      appliance: 'box-1',
      seq: '3',
      booked_at: '2026-11-21T23:59:00.000Z',
    });
  });

  it('leaves the closing balances out of a part, which hledger still finds whole', async () => {
    const file = desk.file('part.journal');
    await desk.json('ledger', 'export', '--format', 'hledger', '--until', '2026-11-21', '--out', file);
    expect(readFileSync(file, 'utf8')).not.toContain('closing balances');
    expect(await hledger('-f', file, 'check', '--strict')).toBe('');
  });

  it('says which argument is wrong, and leaves a file alone that it cannot replace', async () => {
    const out = desk.file('there');
    mkdirSync(out);
    const asked = ['ledger', 'export', '--format', 'csv', '--out', out];
    expect(await desk.run(...asked)).toMatchObject(refusal(1, 'file_refused', '--out'));
    expect(await desk.run(...asked, '--from', '2026-02-30')).toMatchObject(
      refusal(2, 'argument_malformed', '--from'),
    );
    expect((await desk.run('ledger', 'export', '--format', 'xml', '--out', out)).code).toBe(2);
  });
});
