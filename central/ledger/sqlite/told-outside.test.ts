// Every event that the merchant's systems may subscribe to is told, in the transaction of what it tells of: one test each,
// through the whole store.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Entry } from '../../../contract/entry.ts';
import type { AlertChanges } from '../../alerts/advance.ts';
import { createModelProcessor, type ModelProcessor } from '../../charging/fixtures/model-processor.ts';
import { bookEntries } from '../../fixtures/book-entries.ts';
import { byTester } from '../../fixtures/by.ts';
import { checkoutEntry, refundEntry, salvageEntry } from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../fixtures/journal.ts';
import { ReviewConfig } from '../../people/review-config.ts';
import { type OutboundType, outboundTypes } from '../../webhooks/outbound.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore, type SqliteStore } from './store.ts';

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;
const by = byTester(nowMs);
const rules = ReviewConfig.parse(undefined);
const routing = {
  processors: { one: { keyLifeMs: 86_400_000, tokenPrefixes: [''] } },
  rules: [{ when: {}, processors: ['one'], otherOn: [] }],
};

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let journal: TestJournal;
let model: ModelProcessor;
beforeEach(() => {
  folder = temporaryFolder();
  store = createSqliteStore(openDatabase(join(folder.path, 'central.db')), { routing });
  journal = createTestJournal('box-1', privateKey);
  model = createModelProcessor('one');
  store.transaction(() =>
    store.createEndpoint(
      { url: 'https://shop.example/hook', types: [...outboundTypes], note: '', secret: 's' },
      by,
    ),
  );
});
afterEach(() => {
  store.close();
  folder.remove();
});

const book = (...entries: Entry[]) => bookEntries(store, journal, publicKeyDer, entries, nowMs);

function work(act: 'do' | 'decline_other_method' | 'rejected' = 'do'): void {
  for (;;) {
    const places = { one: { freeCount: 5, broken: false } };
    const steps = store.transaction(() => store.takeSteps({ places, stepsMax: 9, nowMs }));
    if (steps.length === 0) return;
    for (const step of steps) {
      if (step.kind !== 'send') throw new Error(step.kind);
      const outcome = model.send(step, act, nowMs);
      store.transaction(() => store.answered({ attemptRef: step.attemptRef, outcome, nowMs }));
    }
  }
}

function runFinding(amountMinor: bigint): void {
  store.transaction(() => {
    const begun = store.beginRun({ asOfMs: nowMs, by: 'test', nowMs });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    const named = { key: 'k', status: 'missing', processor: 'one', reference: 'r', currency: 'GBP' } as const;
    const difference = {
      ...named,
      amountMinor,
      differenceMinor: null,
      sinceMs: nowMs,
      rows: [],
      rowsCount: 0,
    };
    store.takeDifferences(begun.run, [difference], nowMs);
    while (store.finishPiece(begun.run, nowMs).more);
    store.endRun(begun.run, [], nowMs);
  });
}

const told = (type: OutboundType) => {
  const all = { endpoint: null, state: null, cursor: null, limit: 50 };
  const log = store.deliveries(all).items.filter((one) => one.type === type);
  return log.map(({ about }) => about).reverse();
};

const approving = { approveOwn: true, secondPersonAboveMinor: {} };

/** Payout 1, to a payee. */
async function payAcme(): Promise<void> {
  store.transaction(() => {
    store.createPayee({ id: 'acme', name: 'Acme', bankReference: 'x' }, by);
  });
  await book(checkoutEntry());
  // What a split would have given them.
  const line = (account: 'payable:payee:house' | 'payable:payee:acme', amountMinor: number) => ({
    ...{ account, currency: 'GBP', amountMinor },
  });
  const rule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };
  const later = { ...by, nowMs: nowMs + 1 };
  store.transaction(() => {
    const replacement = [line('payable:payee:house', 1500), line('payable:payee:acme', -1500)];
    store.correctMovement({ movementId: 1, reason: 'theirs', replacement }, by);
    store.preparePayout({ payee: 'acme', currency: 'GBP', untilMs: nowMs + 1, rule }, later);
  });
  for (const step of [{ kind: 'approved' }, { kind: 'paid', reference: 'BACS 7' }] as const) {
    expect(told('payout.made')).toEqual([]);
    store.transaction(() => store.changePayout({ number: 1, step, rules: approving }, later));
  }
}

const changeAlerts = (some: Partial<AlertChanges>) =>
  store.transaction(() =>
    store.changeAlerts({
      ...{ opened: [], altered: [], escalated: [], cleared: [] },
      ...some,
      mails: false,
      nowMs,
    }),
  );
const openSilent = () => {
  const about = { subject: 'appliance box-1', site: 'leeds', members: ['box-1'] };
  changeAlerts({
    opened: [{ ...about, rule: 'silent', severity: 'critical', words: 'silent', level: 'bad' }],
  });
};

/** For each type what makes it come about, and of what it is told then. A type without one cannot be offered. */
const comesAbout: Record<OutboundType, () => Promise<string[]>> = {
  async 'checkout.booked'() {
    const [sale, refused] = [checkoutEntry(), checkoutEntry({ verdict: 'refused' })];
    await book(sale, refused);
    return [`checkout ${sale.id}`];
  },
  async 'checkout.captured'() {
    const sale = checkoutEntry();
    await book(sale);
    work();
    return [`checkout ${sale.id}`];
  },
  async 'checkout.declined'() {
    const sale = checkoutEntry();
    await book(sale);
    work('decline_other_method');
    return [`checkout ${sale.id}`];
  },
  async 'checkout.refunded'() {
    const sale = checkoutEntry();
    const refund = refundEntry(sale.id, 500);
    await book(sale, refund);
    work();
    return [`refund ${refund.id}`];
  },
  async 'checkout.disputed'() {
    const sale = checkoutEntry();
    await book(sale);
    work();
    const chargeId = model.charges[0]?.chargeId ?? '';
    const amount = { currency: 'GBP', amountMinor: 1500 };
    const dispute = { disputeId: 'd', reference: null, state: 'opened' as const, amount, reason: null };
    const about = { kind: 'dispute' as const, dispute, chargeId };
    const event = { eventId: 'e', type: 'dispute', happenedMs: nowMs, about };
    for (let i = 0; i < 2; i++) {
      store.transaction(() => store.applyEvent({ processor: 'one', event }, nowMs));
    }
    return [`checkout ${sale.id}`];
  },
  async 'checkout.settled'() {
    const sale = checkoutEntry();
    await book(sale);
    work('rejected');
    const said = { number: 1, decision: 'settled_otherwise', note: 'paid in cash', rules } as const;
    store.transaction(() => store.decideReview(said, by));
    return [`checkout ${sale.id}`];
  },
  async 'review.opened'() {
    await book(checkoutEntry({ review: ['review_amount'] }));
    return ['review 1'];
  },
  async 'exception.opened'() {
    runFinding(5n);
    runFinding(5n);
    const action = { kind: 'accept', note: 'seen' } as const;
    store.transaction(() => store.actOnException({ ref: 1, action, secondPersonAboveMinor: {} }, by));
    // Settled, until its amounts are others.
    runFinding(6n);
    return ['exception 1', 'exception 1'];
  },
  async 'appliance.in_two_places'() {
    const said = { applianceId: 'box-1', code: 'identity_in_two_places', detail: 'twice', nowMs } as const;
    // Until somebody has seen to it, it is told once.
    for (let i = 0; i < 2; i++) store.transaction(() => store.raiseCondition(said));
    return ['appliance box-1'];
  },
  async 'appliance.journal_salvaged'() {
    await book(checkoutEntry());
    const { journalId: fromJournalId } = journal;
    const salvage = salvageEntry({ fromJournalId, lastSeq: 3, lost: [{ firstSeq: 2, lastSeq: 3 }] });
    journal = createTestJournal('box-1', privateKey);
    await book(salvage);
    // Brought again by a third one, it is told no more.
    journal = createTestJournal('box-1', privateKey);
    await book(salvage);
    return ['appliance box-1'];
  },
  async 'alert.opened'() {
    openSilent();
    // It is open already.
    openSilent();
    return ['alert 1'];
  },
  async 'alert.acknowledged'() {
    openSilent();
    for (let i = 0; i < 2; i++) {
      store.transaction(() => store.acknowledgeAlert({ number: 1, note: 'calling the site' }, by));
    }
    return ['alert 1'];
  },
  async 'alert.escalated'() {
    openSilent();
    changeAlerts({ escalated: [{ number: 1, note: 'nobody' }] });
    return ['alert 1'];
  },
  async 'alert.cleared'() {
    openSilent();
    for (let i = 0; i < 2; i++) changeAlerts({ cleared: [{ number: 1, note: 'well' }] });
    return ['alert 1'];
  },
  async 'payout.made'() {
    await payAcme();
    return ['payout 1'];
  },
  async 'payout.returned'() {
    await payAcme();
    expect(told('payout.returned')).toEqual([]);
    const step = { kind: 'returned', reason: 'account closed' } as const;
    store.transaction(() => store.changePayout({ number: 1, step, rules: approving }, by));
    return ['payout 1'];
  },
};

it.each(outboundTypes)('tells %s when it comes about, and no more often', async (type) => {
  const about = await comesAbout[type]();
  expect(told(type)).toEqual(about);
});
