// Central is killed between every two steps of its charges, while the processor hangs, fails and answers nonsense: then the
// sandbox's books and the ledger agree, with one live charge a checkout (I13) and none that is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bytesOf, checkoutEntry, refundEntry, voidEntry } from '../../central/fixtures/entries.ts';
import { temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../central/fixtures/journal.ts';
import { checkLedger } from '../../central/ledger/sqlite/check.ts';
import { openDatabase } from '../../central/ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../central/ledger/sqlite/store.ts';
import type { By } from '../../central/people/actor.ts';
import type { ReviewDecision, ReviewKind, ReviewRules } from '../../central/people/reviews.ts';
import { type SandboxProcess, startSandbox } from '../../central/processors/fixtures/sandbox.ts';
import type { Entry } from '../../contract/entry.ts';
import { openSandboxStripe, stripeRouting } from './charge-sandbox.ts';
import { carryOutSteps } from './charge-steps.ts';

const { privateKey, publicKeyDer } = testKeys();
const tokens = [
  'pm_card_visa',
  'pm_sandbox_do_then_hang',
  'pm_sandbox_do_then_500',
  'pm_sandbox_garbage',
  'pm_sandbox_half_answer',
  'pm_sandbox_decline_insufficient_funds',
  'pm_sandbox_decline_stolen_card',
  'pm_sandbox_reset',
];
const totalMinor = 1000;
const timeOut = { dueHours: 24, onDue: 'escalate' } as const;
const rules: ReviewRules = {
  secondPersonAboveMinor: {},
  timeOut: { in_review: timeOut, unknown_attempt: timeOut, fraud: timeOut, held_money: timeOut },
};

let folder: ReturnType<typeof temporaryFolder>;
let sandbox: SandboxProcess;
beforeEach(async () => {
  folder = temporaryFolder();
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.stop();
  folder.remove();
});

const databasePath = () => join(folder.path, 'central.db');

/** What the database says now, and what may be done with it. */
function withStore<T>(work: (store: SqliteStore) => T): T {
  const store = createSqliteStore(openDatabase(databasePath()), { routing: stripeRouting });
  try {
    return work(store);
  } finally {
    store.close();
  }
}

async function book(journal: TestJournal, entries: Entry[], nowMs: number): Promise<void> {
  const first = journal.lastSeq() + 1;
  journal.append(...entries.map(bytesOf));
  const payload = await journal.payload(first, journal.lastSeq());
  const named = { applianceId: 'box-1', journalId: journal.journalId, publicKey: publicKeyDer };
  const last = { lastSeq: journal.lastSeq(), lastHash: journal.hashAt(journal.lastSeq()) };
  withStore((store) =>
    store.transaction(() => {
      store.hello({ ...named, ...last, feedId: null, appliedThrough: 0, release: 'test', nowMs });
      store.receive({ applianceId: 'box-1', payload, nowMs });
      while (store.bookPiece(100, nowMs).more);
    }),
  );
}

function sales(of: readonly string[]) {
  return of.map((token) => {
    const entry = checkoutEntry({ totalMinor });
    return { ...entry, checkout: { ...entry.checkout, payment: { ...entry.checkout.payment, token } } };
  });
}

type LastWords = { kind: 'killed'; at: string; passed: number } | { kind: 'ended'; passed: number };

/** Runs the process that charges: it died at its point by the signal, or it was at its end before. */
async function charge(dieAt: number): Promise<LastWords> {
  const script = join(import.meta.dirname, 'charge-process.ts');
  const args = [script, databasePath(), sandbox.url.href, String(dieAt)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [words, [code, signal]] = await Promise.all([text(child.stdout), closed]);
  const said = JSON.parse(words) as LastWords;
  if (said.kind === 'killed') expect([signal, said.passed]).toEqual(['SIGKILL', dieAt]);
  else {
    expect([code, signal]).toEqual([0, null]);
    if (dieAt > 0) expect(said.passed).toBeLessThan(dieAt);
  }
  return said;
}

/** The word of a person on everything that waits for one of this kind. */
function decide(kind: ReviewKind, decision: ReviewDecision, nowMs: number): void {
  const by: By = { actor: { kind: 'command', user: 'ann', from: 'here' }, nowMs };
  withStore((store) =>
    store.transaction(() => {
      const page = store.reviews({ state: 'waiting', kind, applianceId: null, cursor: null, limit: 20 });
      expect(page.items.length).toBeGreaterThan(0);
      for (const { number } of page.items) store.decideReview({ number, decision, note: 'seen', rules }, by);
    }),
  );
}

/** The processor says that it could not collect it after all. */
function takeCaptureBack(checkoutId: string, nowMs: number): void {
  withStore((store) =>
    store.transaction(() => {
      const made = store.collection({ applianceId: 'box-1', checkoutId })?.attempts.at(-1);
      const charge = {
        ...{
          chargeId: made?.chargeId ?? '',
          reference: made?.reference ?? '',
          state: 'capture_failed' as const,
        },
        ...{ amount: { currency: 'GBP', amountMinor: totalMinor }, capturedMinor: 0, decline: null },
      };
      const event = { eventId: 'ev_1', type: 'capture_failed', happenedMs: nowMs };
      const told = { processor: 'stripe', event: { ...event, about: { kind: 'charge' as const, charge } } };
      expect(store.applyEvent(told, nowMs)).toBe('applied');
    }),
  );
}

interface Payment {
  status: string;
  amount_received: number;
  metadata: Record<string, string>;
  id: string;
}

async function listed<T>(path: string): Promise<T[]> {
  const init = { headers: { authorization: 'Bearer sk_test_any' } };
  const answer = await fetch(new URL(`${path}?limit=100`, sandbox.url), init);
  return ((await answer.json()) as { data: T[] }).data;
}

/** Each collection against what the sandbox holds for it. */
async function agree(): Promise<string[]> {
  const payments = await listed<Payment>('/v1/payment_intents');
  const refunds = await listed<{ amount: number; payment_intent: string; status: string }>('/v1/refunds');
  return withStore((store) => {
    const { items } = store.collections({ state: null, applianceId: null, cursor: null, limit: 100 });
    return items.map((item) => {
      const mine = payments.filter((one) => one.metadata.holdfast_reference?.includes(item.checkoutId));
      const taken = mine.filter(({ status }) => status === 'succeeded');
      const given = refunds.filter((one) => mine.some(({ id }) => id === one.payment_intent));
      const takenMinor = taken.reduce((sum, one) => sum + one.amount_received, 0);
      const givenMinor = given.reduce((sum, { amount }) => sum + amount, 0);
      expect(taken.length, `charges of ${item.checkoutId}`).toBeLessThanOrEqual(1);
      expect([item.capturedMinor, item.refundedMinor]).toEqual([takenMinor, givenMinor]);
      return item.heldFor === null ? item.state : `${item.state} for ${item.heldFor}`;
    });
  });
}

function ledgerFailures(): unknown[] {
  const db = openDatabase(databasePath());
  try {
    return checkLedger(db).failures;
  } finally {
    db.close();
  }
}

// All of them with HOLDFAST_KILLS=all; else some, that every run can afford.
const all = process.env.HOLDFAST_KILLS === 'all';
const points = Array.from({ length: all ? 80 : 5 }, (_, i) => (all ? i + 1 : 2 + i * 9));

it.for(points)(
  'loses and doubles nothing when it is killed at point %i, twice',
  { timeout: 180_000 },
  async (point, context) => {
    const journal = createTestJournal('box-1', privateKey);
    const sold = sales(tokens);
    const { nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
    await book(journal, sold, nowMs);
    const first = await charge(point);
    if (first.kind === 'ended') {
      // It kills nothing, and would prove nothing.
      expect(all, 'a point of every run lies beyond the end').toBe(true);
      context.skip(`beyond the end, which comes after ${first.passed} points`);
    }
    await charge(point + 2);
    await charge(0);
    const [voided, partly, wholly, , taken] = sold.map(({ id }) => id);
    // After everything is known: one is undone, one given back in part and then undone, which is too late, one given back, one
    // whose capture is taken back and asked for again, and one that a person lets be charged once more.
    await book(
      journal,
      [
        voidEntry(voided ?? ''),
        refundEntry(partly ?? '', 400),
        voidEntry(partly ?? ''),
        refundEntry(wholly ?? '', totalMinor),
      ],
      nowMs,
    );
    takeCaptureBack(taken ?? '', nowMs);
    decide('held_money', 'try_again', nowMs);
    decide('fraud', 'approve', nowMs);
    await charge((point % 12) + 1);
    await charge(((point * 5) % 12) + 1);
    await charge(0);
    expect(await agree()).toEqual([
      'released',
      'collected',
      'collected',
      'collected',
      'collected',
      'written_off',
      'held for fraud',
      'held for unknown',
    ]);
    expect(ledgerFailures()).toEqual([]);
  },
);

it('collects a backlog once when the processor comes back after thirty hours and has forgotten every key', async () => {
  const journal = createTestJournal('box-1', privateKey);
  const { nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
  await book(journal, sales(['pm_sandbox_do_then_hang', ...Array(11).fill('pm_card_visa')]), nowMs);
  // Half of them get through, and nobody hears of it.
  await sandbox.admin('POST', '/sandbox/acts', {
    operation: 'payment_intents.create',
    act: 'do_then_reset',
    times: 6,
  });
  const store = createSqliteStore(openDatabase(databasePath()), { routing: stripeRouting });
  const point = () => {};
  const up = await openSandboxStripe(sandbox.url);
  await carryOutSteps({ ...up, store, point, untilMs: nowMs + 100 });
  // More is sold meanwhile. Nobody listens there.
  await book(journal, sales(Array(6).fill('pm_card_visa')), up.clock.nowMs());
  const down = await openSandboxStripe(sandbox.url, new URL('http://127.0.0.1:9'));
  await carryOutSteps({ ...down, store, point, untilMs: nowMs + 30 * 3_600_000 });
  await down.clock.advance(nowMs + 30 * 3_600_000 - down.clock.nowMs());
  const back = await openSandboxStripe(sandbox.url);
  expect(back.clock.nowMs() - nowMs).toBeGreaterThan(24 * 3_600_000);
  await carryOutSteps({ ...back, store, point, untilMs: Number.MAX_SAFE_INTEGER });
  store.close();
  expect(await agree()).toEqual(Array(18).fill('collected'));
  expect(ledgerFailures()).toEqual([]);
});
