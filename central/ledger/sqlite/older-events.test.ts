// Events that come after newer ones of the same object, through the whole store: what ends an attempt is heard however late it
// comes, and what is newer holds all the same.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Entry } from '../../../contract/entry.ts';
import type { Send } from '../../charging/port.ts';
import { bookEntries } from '../../fixtures/book-entries.ts';
import { checkoutEntry, decisionEntry, pendingEntry, refundEntry } from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../fixtures/journal.ts';
import type { ChargeState, ProcessorEvent, RefundState } from '../../processors/port.ts';
import { checkLedger } from './check.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore, type SqliteStore } from './store.ts';

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;
const [early, late] = [nowMs - 2000, nowMs - 1000];

let folder: ReturnType<typeof temporaryFolder>;
let db: ReturnType<typeof openDatabase>;
let store: SqliteStore;
let journal: TestJournal;
let id: string;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db, {
    routing: {
      processors: { one: { keyLifeMs: 7 * 86_400_000, tokenPrefixes: [''] } },
      rules: [{ when: {}, processors: ['one'], otherOn: [] }],
    },
  });
  journal = createTestJournal('box-1', privateKey);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const book = (...entries: Entry[]) => bookEntries(store, journal, publicKeyDer, entries, nowMs);

/** Takes the call that is due; nothing is heard of it, or what is given. */
function sent(state?: ChargeState['state']): Send {
  const places = { one: { freeCount: 5, broken: false } };
  const [step] = store.transaction(() => store.takeSteps({ places, stepsMax: 9, nowMs }));
  if (step?.kind !== 'send') return expect.fail(`${step?.kind} is no sending`);
  const charge = { ...chargeOf(state ?? 'authorised'), reference: step.request.reference };
  const outcome =
    state === undefined
      ? ({ kind: 'unknown', reason: 'accepted' } as const)
      : ({ kind: 'approved', charge } as const);
  store.transaction(() => store.answered({ attemptRef: step.attemptRef, outcome, nowMs }));
  return step;
}

const amount = { currency: 'GBP', amountMinor: 1500 };
function chargeOf(state: ChargeState['state'], reference: string | null = null): ChargeState {
  const capturedMinor = state === 'captured' ? 1500 : 0;
  const decline = state === 'declined' ? ({ declineClass: 'other_method', code: 'no' } as const) : null;
  return { chargeId: 'ch_1', reference, state, amount, capturedMinor, decline };
}

/** Stores one event and works it. */
function tell(happenedMs: number, about: ProcessorEvent['about'], answers?: ProcessorEvent['answers']): void {
  const eventId = `${JSON.stringify(about)}${happenedMs}`;
  const event = { eventId, type: 'told', happenedMs, about, ...(answers && { answers }) };
  const webhook = { processor: 'one', events: [event], body: Buffer.from('{}'), signature: null, nowMs };
  store.transaction(() => store.storeWebhook(webhook));
  expect(store.transaction(() => store.workWebhooks({ eventsMax: 10, nowMs }))).toMatchObject({
    done: 1,
    failed: [],
  });
}
const tellCharge = (happenedMs: number, state: ChargeState['state'], reference: string | null = null) =>
  tell(happenedMs, { kind: 'charge', charge: chargeOf(state, reference) });

const attempts = () =>
  store
    .collection({ applianceId: 'box-1', checkoutId: id })
    ?.attempts.map(({ purpose, state }) => `${purpose} ${state}`);
const balance = (account: string) => store.accounts().find((one) => one.name === account)?.balanceMinor ?? 0n;
const failures = () => checkLedger(db).failures;

async function soldOffline(): Promise<string> {
  const entry = checkoutEntry();
  id = entry.id;
  await book(entry);
  return sent().request.reference;
}

it('tells a charge that is not known of, by its authorisation that comes after the end of it', async () => {
  const reference = await soldOffline();
  tellCharge(late, 'voided');
  expect(attempts()).toEqual(['charge unknown']);
  tellCharge(early, 'authorised', reference);
  expect(attempts()).toEqual(['charge undone']);
  expect(failures()).toEqual([]);
});

it('does not take an old decline for the end while the charge is in progress', async () => {
  const reference = await soldOffline();
  tellCharge(late, 'in_progress', reference);
  tellCharge(early, 'declined', reference);
  expect(attempts()).toEqual(['charge unknown']);
  tellCharge(late + 500, 'captured', reference);
  expect(attempts()).toEqual(['charge approved']);
  expect(balance('receivable:processor:one')).toBe(1500n);
});

it('changes nothing of a charge whose end is known', async () => {
  const reference = await soldOffline();
  tellCharge(late, 'captured', reference);
  tellCharge(early, 'declined', reference);
  tellCharge(early + 1, 'authorised', reference);
  expect(attempts()).toEqual(['charge approved']);
  expect(balance('receivable:processor:one')).toBe(1500n);
  expect(failures()).toEqual([]);
});

it('ends a capture by its own answer, and takes it back by the newer word that it has failed', async () => {
  const entry = pendingEntry('tok_1');
  id = entry.id;
  await book(entry);
  sent('authorised');
  await book(decisionEntry(id, 'authorised'));
  const { reference } = sent().request;
  expect(attempts()).toEqual(['charge approved', 'capture unknown']);
  // It does not name the capture, and no capture is known to have been made.
  tellCharge(late, 'capture_failed');
  expect(attempts()).toEqual(['charge approved', 'capture unknown']);
  const answers = { chargeId: 'ch_1', reference, purpose: 'capture', done: true } as const;
  tell(early, { kind: 'charge', charge: chargeOf('captured') }, answers);
  expect(attempts()).toEqual(['charge approved', 'capture declined']);
  expect(balance('receivable:processor:one')).toBe(0n);
  expect(store.collection({ applianceId: 'box-1', checkoutId: id })).toMatchObject({ state: 'held' });
  expect(failures()).toEqual([]);
});

it('ends a capture by its own answer where the newer word is of the same money', async () => {
  const entry = pendingEntry('tok_1');
  id = entry.id;
  await book(entry);
  sent('authorised');
  await book(decisionEntry(id, 'authorised'));
  const { reference } = sent().request;
  // An amended hold, told later: it names neither the capture nor its end.
  tellCharge(late, 'authorised');
  const answers = { chargeId: 'ch_1', reference, purpose: 'capture', done: true } as const;
  tell(early, { kind: 'charge', charge: chargeOf('captured') }, answers);
  expect(attempts()).toEqual(['charge approved', 'capture approved']);
  expect(balance('receivable:processor:one')).toBe(1000n);
  expect(failures()).toEqual([]);
});

it('ends a refund that is not known of as it is by its newest word', async () => {
  const reference = await soldOffline();
  tellCharge(early, 'captured', reference);
  await book(refundEntry(id, 500));
  const refund = sent().request.reference;
  const refundOf = (state: RefundState['state'], named: string | null) => ({
    kind: 'refund' as const,
    refund: { refundId: 're_1', reference: named, state, amount: { currency: 'GBP', amountMinor: 500 } },
    chargeId: 'ch_1',
  });
  tell(late, refundOf('failed', null));
  expect(attempts()).toEqual(['charge approved', 'refund unknown']);
  tell(early, refundOf('refunded', refund));
  expect(attempts()).toEqual(['charge approved', 'refund declined']);
  expect(balance('receivable:processor:one')).toBe(1500n);
  expect(failures()).toEqual([]);
});
