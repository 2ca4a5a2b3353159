// Reconciliation as people use it: files are brought, a run is made, exceptions are settled; real programs on a real database.
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { type Collected, chargeReference, collect, refundReference } from '../fixtures/reports/collected.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

const dayMs = 86_400_000;
const soldMs = Date.UTC(2026, 10, 2, 12);
const asOf = ['--as-of', '2026-11-20'];
const header =
  'balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,charge_id,automatic_payout_id,payment_metadata[holdfast_reference]';

function inDatabase<T>(work: (db: Database.Database) => T): T {
  const db = openDatabase(desk.file('central.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function sold(...checkouts: Collected[]): void {
  inDatabase((db) => collect(db, checkouts));
}

/** A sale of £(n+1) as the processor reports it, with 10p of fee. */
function row(n: number, minor = 100 * (n + 1), reference = chargeReference(n)): string {
  const pounds = (value: number) => (value / 100).toFixed(2);
  return `txn_${n},2026-11-02 13:00:00,2026-11-04,gbp,${pounds(minor)},0.10,${pounds(minor - 10)},charge,ch_${n},po_000001,${reference}`;
}

function payout(minor: number): string {
  const paid = (-minor / 100).toFixed(2);
  return `txn_po,2026-11-03 13:00:00,2026-11-04,gbp,${paid},0.00,${paid},payout,,po_000001,`;
}

function report(name: string, ...rows: string[]): string {
  return desk.file(name, `${[header, ...rows].join('\n')}\n`);
}

function statement(minor: number, words = 'STRIPE po_000001'): string {
  const amount = `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')}`;
  return desk.file(
    'statement.sta',
    `:20:S1\n:25:GB33BUKB20201555555555\n:28C:1\n:60F:C261103GBP0,\n:61:2611041104C${amount}NTRFNONREF//B1\n:86:${words}\n:62F:C261104GBP${amount}\n`,
  );
}

const importReport = (path: string) => desk.json('reconciliation', 'import', '--processor', 'stripe', path);
const importBank = (path: string) => desk.json('reconciliation', 'import', '--bank', 'main', path);
const reconcile = () => desk.json('reconciliation', 'run', ...asOf);
const list = async (...args: string[]) => (await desk.json('exception', 'list', ...args)).items;

function balances(): Record<string, number> {
  return inDatabase((db) => {
    // The fixture's checkouts were never booked: only what reconciliation posts is to be proved.
    const { failures } = checkLedger(db);
    expect(failures.filter(({ code }) => /^(movement|balance|currency)_/.test(code))).toEqual([]);
    const rows = db.prepare('SELECT name, balance_minor FROM account WHERE balance_minor <> 0').raw().all();
    return Object.fromEntries(rows as [string, number][]);
  });
}

describe('a settled day', () => {
  it('books fees, payout and bank entry once, and leaves nothing open', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs }, { n: 2, amountMinor: 300, atMs: soldMs });
    await importReport(report('r.csv', row(1), row(2), payout(480)));
    await importBank(statement(480));
    const first = await reconcile();
    expect(first).toMatchObject({ run: { opened: 0, movements: 3 }, open: [] });
    // The captures themselves are booked by the settlement: they debit the 500 that are missing here.
    const expected = { 'bank:main': 480, 'expense:fee:stripe': 20, 'receivable:processor:stripe': -500 };
    expect(balances()).toEqual(expected);
    expect(await reconcile()).toMatchObject({ run: { movements: 0 } });
    expect(balances()).toEqual(expected);
  });

  it('knows the same file again, and the same rows in another file', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    const path = report('r.csv', row(1));
    expect(await importReport(path)).toMatchObject({ known: false, file: { rows: 1 } });
    expect(await importReport(path)).toMatchObject({ known: true });
    expect(await importReport(report('longer.csv', row(1), row(2)))).toMatchObject({
      file: { rows: 1, repeated: 1 },
    });
    await reconcile();
    expect(await list('--status', 'unknown_to_us')).toMatchObject([{ reference: chargeReference(2) }]);
    expect(await list('--status', 'doubled')).toEqual([]);
  });

  it('sets a bad row aside by line and reason, and takes the rest', async () => {
    const bad = 'txn_9,2026-11-02,2026-11-04,gbp,x,0.10,1.90,charge,ch_9,po_000001,z';
    const { file, asides } = await importReport(report('r.csv', row(1), bad, row(2)));
    expect(file).toMatchObject({ rows: 2, setAside: 1 });
    expect(asides).toMatchObject([{ line: 3, reason: 'amount_malformed', field: 'gross' }]);
    expect(await desk.json('reconciliation', 'files', String(file.ref))).toMatchObject({ file: { asides } });
  });

  it('refuses what is no report, and leaves no trace of it', async () => {
    const path = desk.file('r.csv', 'a,b\n1,2\n');
    expect(await desk.run('reconciliation', 'import', '--processor', 'stripe', path)).toMatchObject(
      refusal(2, 'file_malformed'),
    );
    expect(await desk.json('reconciliation', 'files')).toEqual({ files: [] });
    expect(await desk.run('reconciliation', 'import', path)).toMatchObject(
      refusal(2, '--processor or --bank'),
    );
  });

  it('finds refunds by their own reference and by that of their charge', async () => {
    sold({ n: 1, amountMinor: 200, refundMinor: 50, atMs: soldMs });
    const refund = (id: string, reference: string) =>
      `${id},2026-11-02 13:00:00,2026-11-04,gbp,-0.50,0.00,-0.50,refund,,,${reference}`;
    await importReport(report('r.csv', row(1).replace('po_000001', ''), refund('txn_r', chargeReference(1))));
    expect(await reconcile()).toMatchObject({ run: { opened: 0 }, open: [] });
    expect(refundReference(1)).not.toBe(chargeReference(1));
  });
});

describe('exceptions', () => {
  it('are the same in the next run, and settle by themselves when the rows come', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    expect(await reconcile()).toMatchObject({ run: { opened: 1, reopened: 0 } });
    const [missing] = await list();
    expect(missing).toMatchObject({ status: 'missing', amountMinor: 200, reference: chargeReference(1) });
    expect(await reconcile()).toMatchObject({ run: { opened: 0, reopened: 0 } });
    await importReport(report('r.csv', row(1).replace('po_000001', '')));
    expect(await reconcile()).toMatchObject({ run: { gone: 1 }, open: [] });
    const shown = await desk.json('exception', 'show', String(missing.ref));
    expect(shown.history.map(({ action }: { action: string }) => action)).toEqual(['opened', 'gone']);
    expect(shown).toMatchObject({ state: 'settled', settledAs: 'gone' });
  });

  it('hold money that nobody can place in suspense, and give it back when the report comes', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    await importBank(statement(190));
    await reconcile();
    expect(balances()).toEqual({ 'bank:main': 190, suspense: -190 });
    expect(await list('--status', 'unknown_to_us')).toHaveLength(1);
    await importReport(report('r.csv', row(1), payout(190)));
    expect(await reconcile()).toMatchObject({ open: [] });
    expect(balances()).toEqual({
      'bank:main': 190,
      'expense:fee:stripe': 10,
      'receivable:processor:stripe': -200,
    });
  });

  it('stay accepted until the amount changes', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    await importReport(report('r.csv', row(1, 201).replace('po_000001', '')));
    await reconcile();
    const [{ ref }] = await list();
    await desk.json('exception', 'accept', String(ref), '--note', 'a penny');
    expect(await reconcile()).toMatchObject({ run: { reopened: 0 }, open: [] });
    await importReport(report('more.csv', row(1, 205).replace('txn_1', 'txn_1b').replace('po_000001', '')));
    await reconcile();
    expect(await list()).toHaveLength(1);
  });

  it('are corrected by a balanced movement, with who and why in history and audit log', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    await importReport(report('r.csv', row(1, 205).replace('po_000001', '')));
    await reconcile();
    const [{ ref }] = await list();
    const unbalanced = ['--posting', 'suspense 5 GBP', '--note', 'no'];
    expect(await desk.run('exception', 'correct', String(ref), ...unbalanced)).toMatchObject(
      refusal(1, 'postings_unbalanced'),
    );
    const postings = ['--posting', 'receivable:processor:stripe 5 GBP', '--posting', 'suspense -5 GBP'];
    await desk.json('exception', 'correct', String(ref), ...postings, '--note', 'theirs is right');
    expect(balances()).toMatchObject({ suspense: -5 });
    const { history } = await desk.json('exception', 'show', String(ref));
    expect(history.at(-1)).toMatchObject({ action: 'correct', note: 'theirs is right' });
    const audited = desk.inStore((store) =>
      store.auditRecords({ action: 'exception.correct', about: null, cursor: null, limit: 9 }),
    );
    expect(audited.items).toMatchObject([{ about: `exception ${ref}`, detail: { note: 'theirs is right' } }]);
  });

  it('take a correction back when what it corrected is another amount, or is gone', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    const withId = (id: string, minor: number) => row(1, minor).replace('txn_1', id).replace('po_000001', '');
    await importReport(report('r.csv', withId('txn_1a', 150), withId('txn_1b', 55)));
    await reconcile();
    const [{ ref }] = await list();
    const correct = (minor: number) => {
      const postings = [
        '--posting',
        `receivable:processor:stripe ${minor} GBP`,
        '--posting',
        `suspense ${-minor} GBP`,
      ];
      return desk.json('exception', 'correct', String(ref), ...postings, '--note', 'theirs is right');
    };
    await correct(5);
    expect(await reconcile()).toMatchObject({ run: { reopened: 0 }, open: [] });
    expect(balances()).toMatchObject({ suspense: -5 });
    await importReport(report('more.csv', withId('txn_2', -3)));
    expect(await reconcile()).toMatchObject({ run: { reopened: 1 } });
    expect(balances().suspense).toBeUndefined();
    await correct(2);
    await importReport(report('rest.csv', withId('txn_3', -2)));
    expect(await reconcile()).toMatchObject({ run: { gone: 1 }, open: [] });
    expect(balances().suspense).toBeUndefined();
    const { history } = await desk.json('exception', 'show', String(ref));
    expect(history.map(({ action }: { action: string }) => action)).toEqual([
      ...['opened', 'correct', 'correction_reversed', 'reopened'],
      ...['correct', 'correction_reversed', 'gone'],
    ]);
    await reconcile();
    expect(balances().suspense).toBeUndefined();
  });

  it('are assigned, chased, split and merged, and each says why', async () => {
    sold({ n: 1, amountMinor: 200, atMs: soldMs }, { n: 2, amountMinor: 300, atMs: soldMs });
    await reconcile();
    const [two, one] = (await list()).map(({ ref }: { ref: number }) => String(ref));
    const act = (...args: string[]) => desk.json('exception', ...args, '--note', 'because');
    expect(await act('assign', one, '--to', 'finance')).toMatchObject({ owner: 'finance' });
    expect(await act('chase', one, '--due', '2030-01-01')).toMatchObject({ chaseDueMs: Date.UTC(2030, 0) });
    expect(await act('split', two, '--part', '100:a', '--part', '200:b')).toMatchObject({
      settledAs: 'split',
    });
    const parts = await list('--owner', 'a');
    expect(parts).toMatchObject([{ amountMinor: 100, splitFrom: Number(two) }]);
    expect(await act('merge', String(parts[0].ref), '--into', one)).toMatchObject({
      mergedInto: Number(one),
    });
    expect(await act('received', one)).toMatchObject({ settledAs: 'received' });
    expect(await desk.run('exception', 'accept', one, '--note', 'again')).toMatchObject(
      refusal(1, 'exception_settled'),
    );
    expect(await desk.run('exception', 'accept', '999', '--note', 'x')).toMatchObject(
      refusal(1, 'exception_unknown'),
    );
  });

  it('name checkouts that were approved and not collected, and money taken for none', async () => {
    sold(
      { n: 1, amountMinor: 200, atMs: soldMs, charge: 'none' },
      { n: 2, amountMinor: 300, atMs: soldMs, voided: true },
    );
    await reconcile();
    expect(await list('--status', 'not_collected')).toMatchObject([
      { amountMinor: 200, differenceMinor: -200 },
    ]);
    expect(await list('--status', 'collected_unasked')).toMatchObject([{ amountMinor: 300 }]);
  });
});

describe('the inbox', () => {
  it('takes files in whole, and moves them to done or failed with the reason', async () => {
    const inbox = desk.file('inbox');
    const folder = join(inbox, 'processors', 'stripe');
    mkdirSync(folder, { recursive: true });
    const long = new Date(Date.now() - 60_000);
    const put = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), long, long);
    };
    put('good.csv', `${header}\n${row(1)}\n`);
    put('bad.csv', 'nothing\n');
    put('later.csv.part', `${header}\n`);
    sold({ n: 1, amountMinor: 200, atMs: soldMs });
    const config = readFileSync(desk.config, 'utf8');
    desk.file('central.toml', `${config}\n[reconciliation]\ninbox = "inbox"\n`);
    const { code, stdout } = await desk.run('reconciliation', 'fetch');
    expect(code).toBe(1);
    expect(stdout).toMatch(/bad\.csv: FAILED file_malformed/);
    expect(readdirSync(folder).sort()).toEqual(['done', 'failed', 'later.csv.part']);
    expect(readdirSync(join(folder, 'failed')).sort()).toEqual(['bad.csv', 'bad.csv.reason.txt']);
    expect(await desk.json('reconciliation', 'fetch')).toEqual({ fetched: [] });
  });
});

describe('a run', () => {
  it('is refused as of a moment before the last one, and by rules with a mistake, which is named', async () => {
    inDatabase(() => {});
    await reconcile();
    expect(await desk.run('reconciliation', 'run', '--as-of', '2026-11-01')).toMatchObject(
      refusal(2, 'as_of_in_the_past'),
    );
    desk.file('rules.toml', '[otherwise]\nreportDaysMax = -1\nbookTo = { adjustment = "nowhere" }\n');
    const config = readFileSync(desk.config, 'utf8');
    desk.file('central.toml', `${config}\n[reconciliation]\nrules = "rules.toml"\n`);
    expect(await desk.run('reconciliation', 'run')).toMatchObject(
      refusal(2, 'rules_malformed', 'otherwise.reportDaysMax', 'otherwise.bookTo.adjustment'),
    );
  });
});

describe('shadow reconciliation', () => {
  const shadow = (...args: string[]) =>
    desk.run(
      'reconciliation',
      'shadow',
      '--from',
      'stripe',
      '--to',
      'adyen',
      '--until',
      '2026-11-16',
      ...args,
    );
  const days = [soldMs, soldMs + 7 * dayMs];

  async function trade(spoil: (rows: string[]) => string[]): Promise<void> {
    const both = ['stripe', 'adyen'].flatMap((processor, side) =>
      days.map((atMs, week) => ({
        n: side * 2 + week + 1,
        amountMinor: 100 * (side * 2 + week + 2),
        processor,
        atMs,
      })),
    );
    sold(...both);
    for (const processor of ['stripe', 'adyen']) {
      const rows = both
        .filter((one) => one.processor === processor)
        .map(({ n, atMs }) =>
          row(n).replace('po_000001', '').replace('2026-11-02', new Date(atMs).toISOString().slice(0, 10)),
        );
      const path = report(`${processor}.csv`, ...(processor === 'adyen' ? spoil(rows) : rows));
      await desk.json('reconciliation', 'import', '--processor', processor, path);
    }
    await reconcile();
  }

  it('is ready when two periods of both are reconciled without anything open', async () => {
    await trade((rows) => rows);
    expect(await shadow()).toMatchObject({ code: 0, stdout: expect.stringContaining('READY: nothing') });
  });

  it('is not ready with one period, and lists a discrepancy of either side', async () => {
    await trade((rows) =>
      rows.map((text, at) =>
        at === 1 ? text.replace(/gbp,(\d+)\.00,0.10,(\d+)\.90/, 'gbp,$1.01,0.10,$2.91') : text,
      ),
    );
    const { code, stdout } = await shadow();
    expect(code).toBe(1);
    expect(stdout).toContain('NOT READY unexplained, period 2, adyen: 1 discrepancies are open');
    expect(stdout).toMatch(/amount_differs adyen .*differs by 0\.01 GBP/);
    expect((await shadow('--periods', '1')).stdout).toContain('periods_too_few');
  });
});
