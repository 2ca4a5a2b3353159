// Payees from the sale to the bank: what is due, what is kept back, and what a payout leaves in the books.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../contract/entry.ts';
import { publishProducts } from '../feed/publish.ts';
import { bytesOf, checkoutEntry, refundEntry } from '../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import type { By } from '../people/actor.ts';
import type { ApprovalRules } from './port.ts';
import type { PayoutRule } from './prepare.ts';

const dayMs = 86_400_000;
const startMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();
const anna = (nowMs: number): By => ({ actor: { kind: 'command', user: 'anna', from: 'desk' }, nowMs });
const ben = (nowMs: number): By => ({ actor: { kind: 'command', user: 'ben', from: 'desk' }, nowMs });
const rule: PayoutRule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };

describe('payouts', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: SqliteStore;
  let journal: ReturnType<typeof createTestJournal>;

  beforeEach(async () => {
    folder = temporaryFolder();
    store = openStoreAt(join(folder.path, 'central.db'));
    journal = createTestJournal('box-1', privateKey);
    store.transaction(() =>
      store.createPayee({ id: 'acme', name: 'Acme', bankReference: 'GB1' }, anna(startMs)),
    );
    const product = {
      sku: 'A',
      name: 'A',
      price: { priceMinor: 1000, baseQuantity: 1 as const },
      sellable: true,
    };
    const split = { payees: [{ payee: 'acme', basisPoints: 10_000 }], feeBasisPoints: 1500 };
    await publishProducts(portOver(store), [product], { ...anna(startMs), nowMs: () => startMs }, [
      { sku: 'A', split },
    ]);
  });
  afterEach(() => {
    store.close();
    folder.remove();
  });

  const sale = (totalMinor = 1000) =>
    checkoutEntry({
      totalMinor,
      judged: [{ sku: 'A', quantity: 1, price: { priceMinor: totalMinor, baseQuantity: 1 }, totalMinor }],
    });
  const book = async (nowMs: number, ...entries: Entry[]) => {
    const first = journal.lastSeq() + 1;
    journal.append(...entries.map(bytesOf));
    const payload = await journal.payload(first, journal.lastSeq());
    const facts = {
      lastSeq: journal.lastSeq(),
      lastHash: journal.hashAt(journal.lastSeq()),
      appliedThrough: 0,
    };
    const { journalId } = journal;
    store.transaction(() => {
      store.hello({
        applianceId: 'box-1',
        publicKey: publicKeyDer,
        journalId,
        release: 't',
        feedId: null,
        nowMs,
        ...facts,
      });
      store.receive({ applianceId: 'box-1', payload, nowMs });
      store.bookPiece(100, nowMs);
    });
  };
  const prepare = (nowMs: number, change: Partial<PayoutRule> = {}) =>
    store.transaction(() =>
      store.preparePayout(
        { payee: 'acme', currency: 'GBP', untilMs: nowMs, rule: { ...rule, ...change } },
        anna(nowMs),
      ),
    );
  const step = (
    number: number,
    kind: 'approved' | 'paid' | 'failed' | 'returned',
    by = ben(startMs + dayMs),
    rules: ApprovalRules = { approveOwn: false, secondPersonAboveMinor: {} },
  ) =>
    store.transaction(() => {
      const steps = {
        approved: { kind: 'approved' },
        paid: { kind: 'paid', reference: 'BACS 7' },
        failed: { kind: 'failed', reason: 'account closed' },
        returned: { kind: 'returned', reason: 'came back' },
      } as const;
      return store.changePayout({ number, step: steps[kind], rules }, by);
    });
  const lines = (number: number) =>
    store
      .payoutLines({ number, after: { movementId: 0, line: 0 }, limit: 100 })
      .map(({ kind, amountMinor }) => `${kind} ${amountMinor}`);
  const balances = () =>
    Object.fromEntries(store.accounts().map(({ name, balanceMinor }) => [name, Number(balanceMinor)]));

  it('is approved by who prepared it only up to the limit, and never with another key of theirs', async () => {
    await book(startMs, sale());
    prepare(startMs + 1);
    const key = (name: string, owner: string) =>
      ({ actor: { kind: 'key', name, role: 'finance', from: '::1', owner }, nowMs: startMs + 2 }) as const;
    const desk = (GBP: number) => ({ approveOwn: true, secondPersonAboveMinor: { GBP } });
    expect(step(1, 'approved', anna(startMs + 2), desk(849))).toEqual({ kind: 'same_person' });
    expect(step(1, 'approved', key('laptop', 'anna'), desk(849))).toEqual({ kind: 'same_person' });
    expect(step(1, 'approved', anna(startMs + 2), desk(850))).toMatchObject({ kind: 'changed' });
  });

  it('pays what was sold less the fee, once, and leaves nothing owed', async () => {
    const first = sale();
    await book(startMs, first, sale(500), refundEntry(first.id, 400));
    const prepared = prepare(startMs + 1);
    expect(prepared).toMatchObject({
      kind: 'prepared',
      payout: { number: 1, amountMinor: 935, state: 'prepared' },
    });
    expect(lines(1)).toEqual(['sale 1000', 'fee -150', 'sale 500', 'fee -75', 'refund -400', 'fee_back 60']);
    expect(prepare(startMs + 2)).toMatchObject({ kind: 'carried', reason: 'payout_open' });
    expect(step(1, 'approved', anna(startMs))).toEqual({ kind: 'same_person' });
    expect(step(1, 'paid')).toEqual({ kind: 'not_now', state: 'prepared' });
    step(1, 'approved');
    expect(step(1, 'paid')).toMatchObject({
      kind: 'changed',
      payout: { state: 'paid', reference: 'BACS 7' },
    });
    expect(balances()).toMatchObject({
      'payable:payee:acme': 0,
      'transit:payee': -935,
      'income:fee:marketplace': -165,
    });
    expect(store.payout(1)?.events.map(({ kind, actor }) => `${kind} by ${actor}`)).toEqual([
      'prepared by anna@desk',
      'approved by ben@desk',
      'paid by ben@desk',
    ]);
    expect(prepare(startMs + dayMs)).toMatchObject({ kind: 'carried', reason: 'nothing_due' });
  });

  it('keeps back the last days, and pays nothing that refunds since have taken', async () => {
    const old = sale();
    await book(startMs, old);
    await book(startMs + 5 * dayMs, sale(300));
    const now = startMs + 6 * dayMs;
    expect(prepare(now, { keepBackDays: 7 })).toMatchObject({
      kind: 'carried',
      reason: 'nothing_due',
      owedMinor: 1105n,
    });
    await book(now, refundEntry(old.id, 900));
    expect(prepare(now, { keepBackDays: 3 })).toMatchObject({ kind: 'carried', reason: 'owes_us' });
    expect(prepare(now + 1, { minimumMinor: { GBP: 341 } })).toMatchObject({
      kind: 'carried',
      reason: 'below_minimum',
    });
    expect(prepare(now + 1, { minimumMinor: { GBP: 340 } })).toMatchObject({ kind: 'prepared' });
  });

  it('carries a debt forward until sales have made it good', async () => {
    const first = sale();
    await book(startMs, first);
    prepare(startMs + 1);
    step(1, 'approved');
    step(1, 'paid');
    await book(startMs + 2 * dayMs, refundEntry(first.id, 1000));
    expect(prepare(startMs + 3 * dayMs)).toMatchObject({
      kind: 'carried',
      reason: 'owes_us',
      owedMinor: -850n,
    });
    await book(startMs + 3 * dayMs, sale(2000));
    expect(prepare(startMs + 4 * dayMs)).toMatchObject({ kind: 'prepared', payout: { amountMinor: 850 } });
    expect(lines(2)).toEqual(['refund -1000', 'fee_back 150', 'sale 2000', 'fee -300']);
  });

  it('owes again what failed, and what came back', async () => {
    await book(startMs, sale());
    prepare(startMs + 1);
    step(1, 'failed');
    expect(prepare(startMs + 2)).toMatchObject({ payout: { number: 2, amountMinor: 850 } });
    step(2, 'approved');
    step(2, 'paid');
    step(2, 'returned');
    expect(balances()).toMatchObject({ 'payable:payee:acme': -850, 'transit:payee': 0 });
    expect(prepare(startMs + 2 * dayMs)).toMatchObject({ payout: { number: 3, amountMinor: 850 } });
    expect(lines(3)).toEqual(['returned_payout 850']);
  });

  it('corrects a movement by its reversal, once, and refunds what stands instead', async () => {
    const first = sale();
    await book(startMs, first);
    const replacement = [
      { account: 'receivable:customer', currency: 'GBP', amountMinor: 1000 },
      { account: 'payable:payee:house', currency: 'GBP', amountMinor: -1000 },
    ] as const;
    const correct = () =>
      store.transaction(() =>
        store.correctMovement(
          { movementId: 1, reason: 'wrong payee', replacement: [...replacement] },
          anna(startMs),
        ),
      );
    expect(correct()).toEqual({ kind: 'corrected', reversal: 2, replacement: 3 });
    expect(correct()).toEqual({ kind: 'already_corrected' });
    await book(startMs, refundEntry(first.id, 1000));
    expect(balances()).toMatchObject({
      'payable:payee:acme': 0,
      'payable:payee:house': 0,
      'income:fee:marketplace': 0,
      'receivable:customer': 1000,
    });
  });

  it('shares a sale as its own catalogue said, also when that has changed since', async () => {
    const product = {
      sku: 'A',
      name: 'A',
      price: { priceMinor: 1000, baseQuantity: 1 as const },
      sellable: true,
    };
    await publishProducts(portOver(store), [product], { ...anna(startMs), nowMs: () => startMs });
    await book(startMs, sale(), { ...sale(), catalogueVersion: 2 });
    expect(balances()).toMatchObject({ 'payable:payee:acme': -850, 'payable:payee:house': -1000 });
  });
});
