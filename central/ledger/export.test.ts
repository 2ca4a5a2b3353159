// The books held against somebody else's arithmetic: the journal is read by hledger itself.
import { execFile } from 'node:child_process';

import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minorDigits } from '../../contract/money.ts';
import { bytesOf, checkoutEntry, refundEntry, voidEntry } from '../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { type Desk, openDesk } from '../fixtures/program.ts';
import { decimalOf } from './amount-words.ts';
import { beancountAccount, beancountLedger } from './export-beancount.ts';
import { csvPostings } from './export-csv.ts';
import { hledgerJournal } from './export-hledger.ts';
import { readBooks } from './sqlite/exported-books.ts';

const run = promisify(execFile);
const dayMs = 86_400_000;
const startMs = Date.parse('2026-11-20T10:00:00Z');
const { privateKey, publicKeyDer } = testKeys();

/** @throws when hledger finds anything wrong */
async function hledger(...args: string[]): Promise<string> {
  try {
    return (await run('hledger', args)).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('this test reads our books with hledger, which is not here: apt-get install hledger');
  }
}

describe('the books for other programs', () => {
  let desk: Desk;
  let db: Database.Database;
  beforeEach(async () => {
    desk = openDesk();
    const journal = createTestJournal('box-1', privateKey);
    const [first, second] = [checkoutEntry({ totalMinor: 1234 }), checkoutEntry({ totalMinor: 500 })];
    const yen = checkoutEntry({ totalMinor: 700 });
    const dinar = checkoutEntry({ totalMinor: 1500 });
    journal.append(...[first, second, refundEntry(first.id, 234)].map(bytesOf));
    journal.append(bytesOf({ ...yen, checkout: { ...yen.checkout, currency: 'JPY' } }));
    journal.append(
      bytesOf({ ...dinar, checkout: { ...dinar.checkout, currency: 'KWD' } }),
      bytesOf(voidEntry(second.id)),
    );
    const payload = await journal.payload(1, 6);
    desk.inStore((store) => {
      const { journalId } = journal;
      const facts = {
        lastSeq: 6,
        lastHash: journal.hashAt(6),
        feedId: null,
        appliedThrough: 0,
        nowMs: startMs,
      };
      store.hello({ applianceId: 'box-1', publicKey: publicKeyDer, journalId, release: 't', ...facts });
      store.receive({ applianceId: 'box-1', payload, nowMs: startMs });
      store.bookPiece(3, startMs);
      store.bookPiece(3, startMs + 2 * dayMs);
    });
    db = new Database(join(desk.file('.'), 'central.db'), { readonly: true });
  });
  afterEach(() => {
    db.close();
    desk.remove();
  });

  const books = (fromMs: number | null = null, untilMs: number | null = null) =>
    readBooks(db, { fromMs, untilMs });
  const written = (name: string, parts: Iterable<string>) => desk.file(name, [...parts].join(''));

  it('pass the strict check of hledger, with every balance asserted', async () => {
    const file = written('books.journal', hledgerJournal(books(), false));
    await hledger('-f', file, 'check', '--strict');
    const balances = await hledger('-f', file, 'balance', '-O', 'csv', '--flat', '-N');
    expect(balances).toContain('"receivable:customer","12.34 GBP');
    expect(await hledger('-f', file, 'print', 'code:1$')).toContain('document:');
  });

  it('are refused by hledger when a figure in them is changed', async () => {
    const text = [...hledgerJournal(books(), false)].join('');
    const file = desk.file('spoilt.journal', text.replace('12.34 GBP', '12.35 GBP'));
    await expect(hledger('-f', file, 'check', '--strict')).rejects.toThrow(/balance/);
  });

  it('are refused when they claim that everything is settled and it is not', async () => {
    const file = written('settled.journal', hledgerJournal(books(), true));
    await expect(hledger('-f', file, 'check', '--strict')).rejects.toThrow(/receivable:customer/);
  });

  it('begin a later period with the balances before it', async () => {
    const file = written('later.journal', hledgerJournal(books(startMs + dayMs), false));
    await hledger('-f', file, 'check', '--strict');
    const register = await hledger('-f', file, 'register', 'receivable:customer', '-O', 'csv');
    expect(register).toContain('opening balances');
    const earlier = [...csvPostings(books(null, startMs + dayMs))].join('').trim().split('\n');
    const later = [...csvPostings(books(startMs + dayMs))].join('').trim().split('\n');
    expect(earlier.length + later.length).toBe(
      [...csvPostings(books())].join('').trim().split('\n').length + 1,
    );
  });

  it('come out of the command as a whole file, and nothing else', async () => {
    const out = desk.file('out.journal');
    const said = await desk.json('ledger', 'export', '--format', 'hledger', '--out', out);
    expect(said).toEqual({ format: 'hledger', out });
    await hledger('-f', out, 'check', '--strict');
    const { stdout, code } = await desk.run('ledger', 'export', '--format', 'csv');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe([...csvPostings(books())][0]?.trim());
    const nowhere = await desk.run('ledger', 'export', '--format', 'csv', '--out', '/nowhere/at/all.csv');
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('file_not_written') });
  });

  it('name accounts as beancount does, and assert balances on the day after', () => {
    expect(beancountAccount('receivable:processor:stripe')).toBe('Assets:Receivable:Processor:Stripe');
    expect(beancountAccount('expense:offline_loss')).toBe('Expenses:Offline-loss');
    expect(beancountAccount('suspense')).toBe('Equity:Suspense');
    const text = [...beancountLedger(books(), false)].join('');
    expect(text).toContain('2026-11-23 balance Assets:Receivable:Customer  12.34 GBP');
    expect(text).toContain('2026-11-22 * "sale"\n  movement: "4"');
  });

  it.each([
    [0, 'GBP', '0.00'],
    [-5, 'GBP', '-0.05'],
    [1234, 'JPY', '1234'],
    [-1, 'KWD', '-0.001'],
    [2n ** 63n, 'GBP', '92233720368547758.08'],
  ])('write %s of %s with its decimals', (minor, currency, expected) => {
    expect(decimalOf(minor, currency)).toBe(expected);
    expect(minorDigits(currency)).toBe(expected.split('.')[1]?.length ?? 0);
  });
});
