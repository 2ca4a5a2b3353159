// A processor that cannot be asked: what is unknown is repeated by its own key, stays unknown until that key says what became
// of it, and is nobody else's meanwhile (I13).
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bytesOf, checkoutEntry, refundEntry } from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../ledger/sqlite/store.ts';
import type { ChargeState, RefundState } from '../../processors/port.ts';
import type { AnyLookUp, AnyOutcome, Step } from '../port.ts';

const { privateKey, publicKeyDer } = testKeys();
const startMs = 1_795_000_000_000;
const dayMs = 86_400_000;
const keyLifeMs = 7 * dayMs;
const facts = { keyLifeMs, tokenPrefixes: [''] };

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let nowMs: number;
let id: string;
beforeEach(async () => {
  nowMs = startMs;
  folder = temporaryFolder();
  store = createSqliteStore(openDatabase(join(folder.path, 'central.db')), {
    routing: {
      processors: { adyen: facts, other: facts },
      rules: [{ when: {}, processors: ['adyen', 'other'], otherOn: ['other_method'] }],
    },
  });
  const journal = createTestJournal('box-1', privateKey);
  const sold = checkoutEntry();
  id = sold.id;
  journal.append(bytesOf(sold), bytesOf(refundEntry(id, 500)));
  const payload = await journal.payload(1, 2);
  const named = { applianceId: 'box-1', journalId: journal.journalId, publicKey: publicKeyDer };
  store.transaction(() => {
    const last = { lastSeq: 2, lastHash: journal.hashAt(2) };
    store.hello({ ...named, ...last, feedId: null, appliedThrough: 0, release: 'test', nowMs });
    store.receive({ applianceId: 'box-1', payload, nowMs });
    while (store.bookPiece(100, nowMs).more);
  });
});
afterEach(() => {
  store.close();
  folder.remove();
});

/** The next step, once it is due; null when nothing is due any more. */
function take(broken: string[] = []): Step | null {
  const dueMs = store.nextStepDueMs(['adyen', 'other']);
  if (dueMs === null) return null;
  nowMs = Math.max(nowMs, dueMs);
  const places = Object.fromEntries(
    ['adyen', 'other'].map((name) => [name, { freeCount: 5, broken: broken.includes(name) }]),
  );
  const [step, ...more] = store.transaction(() => store.takeSteps({ places, stepsMax: 10, nowMs }));
  expect(more).toEqual([]);
  return step ?? null;
}

function sent(broken?: string[]) {
  const step = take(broken);
  if (step?.kind !== 'send') return expect.fail(`${step?.kind} is no sending`);
  return step;
}
function answer({ attemptRef }: Step, outcome: AnyOutcome): void {
  store.transaction(() => store.answered({ attemptRef, outcome, nowMs }));
}
/** Takes the look-up that is due, and gives this result. */
function lookedUp(result: AnyLookUp): void {
  const step = take();
  if (step?.kind !== 'look_up') throw new Error(`${step?.kind} is no look-up`);
  store.transaction(() => store.lookedUp({ attemptRef: step.attemptRef, result, nowMs }));
}
const collection = () => store.collection({ applianceId: 'box-1', checkoutId: id });
const stateOf = () => collection()?.attempts.map(({ purpose, state }) => `${purpose} ${state}`);
const unheard: AnyOutcome = { kind: 'unknown', reason: 'timed_out' };
const away: AnyOutcome = { kind: 'unavailable', code: 'not_reached', retryAfterMs: null };
const rejected: AnyOutcome = { kind: 'rejected', code: 'credentials_refused', hint: '', field: null };
const charge: ChargeState = {
  chargeId: 'psp1',
  reference: null,
  state: 'captured',
  amount: { currency: 'GBP', amountMinor: 1500 },
  capturedMinor: 1500,
  decline: null,
};

it.each([
  ['is away', away],
  ['refuses our credentials', rejected],
  ['is silent', unheard],
])("stays unknown when the processor %s while it is repeated, and is no other one's", (_, outcome) => {
  const first = sent();
  answer(first, unheard);
  for (let tries = 0; tries < 3; tries++) {
    lookedUp({ kind: 'repeat' });
    const again = sent();
    expect(again).toEqual(first);
    answer(again, outcome);
    expect(stateOf()).toEqual(['charge unknown']);
  }
  // Its processor is broken, and the other one is not asked instead.
  for (let i = 0; i < 5; i++) expect(take(['adyen'])).toBeNull();
  lookedUp({ kind: 'repeat' });
  const last = sent();
  expect(last).toEqual(first);
  answer(last, { kind: 'approved', charge });
  expect(stateOf()).toEqual(['charge approved']);
});

it('is looked up and not repeated when central was away until the key was forgotten, then for a person', () => {
  answer(sent(), unheard);
  lookedUp({ kind: 'repeat' });
  nowMs += keyLifeMs;
  while (collection()?.state === 'open') lookedUp({ kind: 'unavailable', code: 'key_forgotten' });
  expect(collection()).toMatchObject({ state: 'held', heldFor: 'unknown' });
  expect(stateOf()).toEqual(['charge unknown']);
});

it('looks a refund that is pending up at a pace, sends it no second time, and asks a person in the end', () => {
  answer(sent(), { kind: 'approved', charge });
  const refund: RefundState = {
    refundId: 'psp2',
    reference: null,
    state: 'pending',
    amount: { currency: 'GBP', amountMinor: 500 },
  };
  answer(sent(), { kind: 'approved', refund });
  let looks = 0;
  for (; collection()?.state === 'open'; looks++) {
    expect(looks).toBeLessThan(50);
    lookedUp({ kind: 'repeat' });
  }
  expect(nowMs - startMs).toBeGreaterThan(2 * dayMs);
  expect(looks).toBeLessThan(20);
  expect(collection()).toMatchObject({ state: 'held', heldFor: 'refund' });
  expect(stateOf()).toEqual(['charge approved', 'refund pending']);
});
