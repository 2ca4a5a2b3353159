// What a processor tells of a payment long after it was made, heard by its events and by its report, in either order: booked
// once. Real books, Stripe's own SDK, the sandbox's disputes and failing refunds, its webhooks' bodies and its report.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../contract/entry.ts';
import { carryOut } from '../charging/carry-out.ts';
import { bookEntries } from '../fixtures/book-entries.ts';
import { checkoutEntry, refundEntry } from '../fixtures/entries.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../fixtures/journal.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import { type SandboxProcess, startSandbox } from '../processors/fixtures/sandbox.ts';
import type { ProcessorPort } from '../processors/port.ts';
import { createStripeProcessor } from '../processors/stripe.ts';
import { importAsked } from './ask-report.ts';
import { MatchRules } from './rules.ts';
import { runReconciliation } from './run.ts';
import { readSides } from './sqlite/sides.ts';

const dayMs = 86_400_000;
const secret = 'whsec_both';
const { privateKey, publicKeyDer } = testKeys();
// There is no bank here.
const rules = MatchRules.parse({ otherwise: { bankDaysMax: 366 } });

let sandbox: SandboxProcess;
let processor: ProcessorPort;
let nowMs = 0;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
let journal: TestJournal;
let heard: Set<string>;
beforeAll(async () => {
  sandbox = await startSandbox();
  processor = createStripeProcessor({
    secretKey: 'sk_test_both',
    webhookSecrets: [secret],
    baseUrl: sandbox.url,
    callMsMax: 5000,
    clock: { wallMs: () => nowMs },
  });
});
afterAll(() => sandbox.stop());
beforeEach(begin);
afterEach(end);

async function begin(): Promise<void> {
  await sandbox.admin('POST', '/sandbox/reset');
  ({ nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock'));
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  const facts = { keyLifeMs: processor.keyLifeMs, tokenPrefixes: [''] };
  const rule = { when: {}, processors: ['stripe'], otherOn: [] };
  store = createSqliteStore(db, { routing: { processors: { stripe: facts }, rules: [rule] } });
  journal = createTestJournal('box-1', privateKey);
  heard = new Set();
}

function end(): void {
  store.close();
  folder.remove();
}

const book = (...entries: Entry[]) => bookEntries(store, journal, publicKeyDer, entries, nowMs);

/** Makes every call that is due, at the sandbox. */
async function work(): Promise<void> {
  for (;;) {
    const places = { stripe: { freeCount: 5, broken: false } };
    const steps = store.transaction(() => store.takeSteps({ places, stepsMax: 10, nowMs }));
    if (steps.length === 0) return;
    for (const step of steps) {
      const { value } = await carryOut(step, processor, (error) => {
        throw error;
      });
      const { attemptRef } = step;
      store.transaction(() => {
        if (value.kind === 'answered') store.answered({ attemptRef, outcome: value.outcome, nowMs });
        else store.lookedUp({ attemptRef, result: value.result, nowMs });
      });
    }
  }
}

async function sell(token: string, totalMinor: number, refundMinor?: number): Promise<void> {
  const sold = checkoutEntry({ totalMinor });
  const payment = { ...sold.checkout.payment, token };
  await book({ ...sold, checkout: { ...sold.checkout, payment } });
  await work();
  if (refundMinor === undefined) return;
  await book(refundEntry(sold.id, refundMinor));
  await work();
}

async function advance(days: number): Promise<void> {
  ({ nowMs } = await sandbox.admin<{ nowMs: number }>('POST', '/sandbox/clock/advance', {
    ms: days * dayMs,
  }));
}

/** Every event that was not heard before, the oldest first, as a webhook brings it. */
async function hearEvents(): Promise<void> {
  const headers = { Authorization: 'Bearer sk_test_both' };
  const answer = await fetch(new URL('/v1/events?limit=100', sandbox.url), { headers });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  for (const event of data.toReversed().filter(({ id }) => !heard.has(id))) {
    heard.add(event.id);
    const body = Buffer.from(JSON.stringify(event));
    const at = Math.floor(nowMs / 1000);
    const sum = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    const told = processor.parseWebhook(body, `t=${at},v1=${sum}`, nowMs);
    if (told.kind !== 'events') throw new Error(told.code);
    for (const one of told.events) {
      store.transaction(() => store.applyEvent({ processor: 'stripe', event: one }, nowMs));
    }
  }
}

/** Asks for the report of all that was paid out, and makes a run with it. */
async function hearReport(): Promise<void> {
  const { report } = processor;
  if (report?.kind !== 'rows') throw new Error('Stripe can be asked');
  const calls = portOver(store);
  const asked = { processor: 'stripe', format: 'stripe' as const, ask: report.ask };
  const range = { fromMs: 0, untilMs: nowMs + 1000 };
  const way = { by: 'test', nowMs: () => nowMs, rest: async () => {}, progress: () => {} };
  expect(await importAsked(calls, { ...asked, range }, folder.path, way)).toMatchObject({ kind: 'imported' });
  const read = () => readSides(db, nowMs, rules.collectDaysMax);
  await runReconciliation({ calls, read, rules, asOfMs: nowMs, ...way });
}

const balances = () =>
  Object.fromEntries(
    store
      .accounts()
      .filter(({ balanceMinor }) => balanceMinor !== 0n)
      .map(({ name, balanceMinor }) => [name, Number(balanceMinor)]),
  );

const openReferences = () => {
  const all = { state: 'open' as const, status: null, processor: null, owner: null };
  return store
    .exceptions({ ...all, cursor: null, limit: 99 })
    .items.map(({ status, amountMinor }) => `${status} ${amountMinor}`);
};

/** What is heard at the end of each stage, and at the very end everything. */
const orders = {
  'the events first': [hearEvents, hearEvents, hearEvents, hearReport],
  'the report first': [hearReport, hearReport, hearReport, hearEvents],
  'both in turn': [hearEvents, hearReport, hearEvents, hearReport],
  'both in turn, the other way round': [hearReport, hearEvents, hearReport, hearEvents],
};

/** Trades anew in each order, stage by stage; answers the books at the end. */
async function inEveryOrder(trade: () => Promise<void>, stageDays: number[]): Promise<Ended[]> {
  const results: Ended[] = [];
  for (const hears of Object.values(orders)) {
    end();
    await begin();
    await trade();
    for (const [stage, days] of stageDays.entries()) {
      // A balance below zero is not paid out, and then no report shows what it held: trade goes on.
      await sell('pm_card_visa', 20_000);
      await advance(days);
      await hears[stage]?.();
    }
    await sell('pm_card_visa', 20_000);
    await advance(3);
    await hearEvents();
    await hearReport();
    expect(checkLedger(db).failures).toEqual([]);
    results.push({ balances: balances(), open: openReferences() });
  }
  return results;
}

interface Ended {
  balances: Record<string, number>;
  open: string[];
}

/** The books at the end, the same in every order. */
function theSame(results: Ended[]): Ended {
  const [first, ...others] = results;
  if (first === undefined) throw new Error('there are orders');
  for (const other of others) expect(other).toEqual(first);
  return first;
}

describe('a dispute', () => {
  const disputed = (token: string) => () => sell(token, 5000);
  /** Opened, under review, over. */
  const stages = [3, 2, 5, 1];

  it('that is lost costs its amount, whichever side says what first', async () => {
    const end = theSame(await inEveryOrder(disputed('pm_sandbox_dispute_lost'), stages));
    expect(end.balances).toMatchObject({
      'expense:dispute_loss': 5000,
      'transit:stripe': expect.any(Number),
    });
    expect(end.balances).not.toHaveProperty(['receivable:dispute']);
    expect(end.balances).not.toHaveProperty(['receivable:processor:stripe']);
    expect(end.open).toEqual([]);
  });

  it('that is won costs nothing but its fee, whichever side says what first', async () => {
    const end = theSame(await inEveryOrder(disputed('pm_sandbox_dispute_won'), stages));
    expect(end.balances).not.toHaveProperty(['expense:dispute_loss']);
    expect(end.balances).not.toHaveProperty(['receivable:dispute']);
    expect(end.balances).not.toHaveProperty(['receivable:processor:stripe']);
    expect(end.open).toEqual([]);
  });
});

describe('a refund that fails later', () => {
  it('is owed again once, and is for a person, whichever side says what first', async () => {
    const trade = () => sell('pm_sandbox_refund_fails_later', 5000, 2000);
    const end = theSame(await inEveryOrder(trade, [1, 1, 1, 1]));
    expect(end.balances).toMatchObject({ 'payable:refund': -2000 });
    expect(end.balances).not.toHaveProperty(['receivable:processor:stripe']);
    // The journal's refund has not reached the customer: only that is left to be settled, and only after its time.
    expect(end.open.filter((words) => !words.startsWith('not_collected'))).toEqual([]);
    const waiting = { state: 'waiting' as const, kind: null, applianceId: null, cursor: null, limit: 9 };
    expect(store.reviews(waiting).items).toMatchObject([{ kind: 'held_money', reason: 'refund' }]);
  });

  it('that was never taken for made is nothing beside its undoing in the report', async () => {
    await sell('pm_card_visa', 90_000);
    await sell('pm_card_pendingRefund', 5000, 2000);
    const headers = { Authorization: 'Bearer sk_test_both' };
    const listed = await fetch(new URL('/v1/refunds', sandbox.url), { headers });
    const { data } = (await listed.json()) as { data: { id: string }[] };
    await sandbox.admin('POST', '/sandbox/refunds/fail', { refund: data[0]?.id });
    await hearEvents();
    await advance(4);
    await hearReport();
    expect(openReferences()).toEqual([]);
    expect(balances()).toMatchObject({ 'payable:refund': -2000 });
    expect(balances()).not.toHaveProperty(['receivable:processor:stripe']);
    expect(checkLedger(db).failures).toEqual([]);
  });
});
