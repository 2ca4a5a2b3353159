// Charging over the real database: what the appliance is told, what a kiosk is answered, what people see and decide.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../../contract/entry.ts';
import { bookEntries } from '../../fixtures/book-entries.ts';
import {
  checkoutEntry,
  decisionEntry,
  pendingEntry,
  refundEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../fixtures/journal.ts';
import { checkLedger } from '../../ledger/sqlite/check.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../ledger/sqlite/store.ts';
import type { By } from '../../people/actor.ts';
import type { ReviewRules } from '../../people/reviews.ts';
import type { DisputeState, ProcessorEvent } from '../../processors/port.ts';
import { type Said, standingOf } from '../../webhooks/newer.ts';
import { type Act, createModelProcessor, type ModelProcessor } from '../fixtures/model-processor.ts';
import { fallbackAfterMsUsual, type RoutingRules } from '../route.ts';

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;
const processor = { keyLifeMs: 86_400_000, tokenPrefixes: [''] };
const routing: RoutingRules = {
  processors: { one: processor, two: processor },
  rules: [{ when: {}, processors: ['one', 'two'], otherOn: ['do_not_retry'] }],
};
const by: By = { actor: { kind: 'command', user: 'ann', from: 'here' }, nowMs };
const timeOut = { dueHours: 24, onDue: 'escalate' } as const;
const rules: ReviewRules = {
  secondPersonAboveMinor: {},
  timeOut: { in_review: timeOut, unknown_attempt: timeOut, fraud: timeOut, held_money: timeOut },
};

let folder: ReturnType<typeof temporaryFolder>;
let db: ReturnType<typeof openDatabase>;
let store: SqliteStore;
let journal: TestJournal;
let models: Record<string, ModelProcessor>;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db, { routing });
  journal = createTestJournal('box-1', privateKey);
  models = { one: createModelProcessor('one'), two: createModelProcessor('two') };
});
afterEach(() => {
  store.close();
  folder.remove();
});

const book = (...entries: Entry[]) => bookEntries(store, journal, publicKeyDer, entries, nowMs);

/** Does what is due, each call of the processors by the act. */
function work(act: Act = 'do', atMs = nowMs, broken: string[] = []): string[] {
  const done: string[] = [];
  for (let i = 0; i < 20; i++) {
    const places = Object.fromEntries(
      ['one', 'two'].map((name) => [name, { freeCount: 5, broken: broken.includes(name) }]),
    );
    const steps = store.transaction(() => store.takeSteps({ places, stepsMax: 10, nowMs: atMs }));
    if (steps.length === 0) return done;
    for (const step of steps) {
      const { attemptRef } = step;
      const model = models[step.processor] as ModelProcessor;
      done.push(`${step.kind === 'send' ? step.purpose : 'look up'} at ${step.processor}`);
      store.transaction(() => {
        if (step.kind === 'send') {
          store.answered({ attemptRef, outcome: model.send(step, act, atMs), nowMs: atMs });
        } else store.lookedUp({ attemptRef, result: model.lookUp(step.question, 'see'), nowMs: atMs });
      });
    }
  }
  return done;
}

function outcomesOf(id: string): string[] {
  const page = store.feedPage({ applianceId: 'box-1', after: 0, itemsMax: 1000, bytesMax: 1e6 });
  return (page?.items ?? [])
    .map((item) => JSON.parse(Buffer.from(item).toString()))
    .filter((item) => item.id === id)
    .map(({ outcome, declineCode }) => (declineCode ? `${outcome} ${declineCode}` : outcome));
}
const waiting = () =>
  store.reviews({ state: 'waiting', kind: null, applianceId: null, cursor: null, limit: 9 }).items;
const stateOf = (checkoutId: string) => store.collection({ applianceId: 'box-1', checkoutId })?.state;
const balance = (name: string) => store.accounts().find((one) => one.name === name)?.balanceMinor ?? 0n;
const failures = () => checkLedger(db).failures;
const decide = (decision: 'approve' | 'decline' | 'try_again' | 'settled_otherwise') => {
  const [review] = waiting();
  store.transaction(() =>
    store.decideReview({ number: review?.number ?? 0, decision, note: 'looked at it', rules }, by),
  );
  return `${review?.kind} ${review?.reason}`;
};

describe('approved offline', () => {
  it('stays at the risk of its site until it is captured', async () => {
    const sold = checkoutEntry();
    await book(sold);
    expect(outcomesOf(sold.id)).toEqual([]);
    expect(work()).toEqual(['charge at one']);
    expect(outcomesOf(sold.id)).toEqual(['captured']);
    expect(balance('receivable:processor:one')).toBe(1500n);
    expect(balance('receivable:customer')).toBe(0n);
    expect(failures()).toEqual([]);
  });

  it('is written off at the end, tells its site, and its card is no longer taken', async () => {
    const sold = checkoutEntry();
    await book(sold);
    work('decline_other_method');
    expect(outcomesOf(sold.id)).toEqual(['declined other_method']);
    expect(balance('expense:offline_loss')).toBe(1500n);
    expect(store.hotList({ after: '', limit: 9 }).items.map(({ fingerprint }) => fingerprint)).toEqual([
      'fp_test',
    ]);
    expect(store.exposure({ site: null, limit: 9 })).toMatchObject([
      { applianceId: 'box-1', writtenOffCount: 1, writtenOffMinor: 1500, openCount: 0 },
    ]);
    expect(failures()).toEqual([]);
  });

  it('waits for a person after a warning of fraud, with its card refused, and is not charged by itself', async () => {
    const sold = checkoutEntry();
    await book(sold);
    expect(work('decline_fraud')).toEqual(['charge at one']);
    expect(work('do', nowMs + 400 * 3_600_000)).toEqual([]);
    expect(outcomesOf(sold.id)).toEqual(['in_review']);
    expect(store.hotList({ after: '', limit: 9 }).items).toMatchObject([{ fingerprint: 'fp_test' }]);
    expect(store.exposure({ site: null, limit: 9 })).toMatchObject([{ heldCount: 1, heldMinor: 1500 }]);
    expect(waiting()).toMatchObject([
      { kind: 'fraud', reason: 'fraud', amountMinor: 1500, documentId: sold.id },
    ]);
    expect(failures()).toEqual([]);
  });

  it('is tried at the other processor while the first is down', async () => {
    await book(checkoutEntry());
    expect(work('do', nowMs, ['one'])).toEqual(['charge at two']);
  });

  it('is tried at the other processor once the first has had no place for it for long, and nothing is unknown', async () => {
    const [known, doubtful] = [checkoutEntry(), checkoutEntry()];
    await book(doubtful);
    const lost = store.transaction(() =>
      store.takeSteps({ places: { one: { freeCount: 1, broken: false } }, stepsMax: 1, nowMs }),
    );
    for (const { attemptRef } of lost) {
      const outcome = { kind: 'unknown', reason: 'timed_out' } as const;
      store.transaction(() => store.answered({ attemptRef, outcome, nowMs }));
    }
    await book(known);
    const full = { one: { freeCount: 0, broken: false }, two: { freeCount: 5, broken: false } };
    const taken = (afterMs: number) =>
      store.transaction(() => store.takeSteps({ places: full, stepsMax: 9, nowMs: nowMs + afterMs }));
    expect(taken(fallbackAfterMsUsual - 1)).toEqual([]);
    expect(taken(fallbackAfterMsUsual)).toMatchObject([
      { processor: 'two', purpose: 'charge', request: { reference: `box-1.${known.id}.charge.1` } },
    ]);
    expect(taken(10 * fallbackAfterMsUsual)).toEqual([]);
    expect(stateOf(doubtful.id)).toBe('open');
  });

  it('is shown to a person when it was approved with a warning and a person is to be asked, though it is captured', async () => {
    store.close();
    db = openDatabase(join(folder.path, 'central.db'));
    store = createSqliteStore(db, { routing: { ...routing, reviewsRisk: true } });
    await book(checkoutEntry());
    expect(work('do_with_warning')).toEqual(['charge at one']);
    expect(waiting()).toMatchObject([{ kind: 'fraud', reason: 'risk_elevated' }]);
    expect(decide('approve')).toBe('fraud risk_elevated');
    expect(work()).toEqual([]);
    expect(failures()).toEqual([]);
  });

  it.each([
    ['approve', ['capture at one'], 'collected'],
    ['decline', [], 'written_off'],
  ] as const)(
    'is not captured before a person has seen a warning, and then by their word: %s',
    async (word, done, state) => {
      store.close();
      db = openDatabase(join(folder.path, 'central.db'));
      store = createSqliteStore(db, { routing: { ...routing, reviewsRisk: true } });
      const asked = pendingEntry('tok_1');
      await book(asked);
      expect(work('do_with_warning')).toEqual(['charge at one']);
      await book(decisionEntry(asked.id, 'authorised'));
      expect(work()).toEqual([]);
      expect(outcomesOf(asked.id)).toEqual(['authorised', 'in_review']);
      expect(decide(word)).toBe('fraud fraud');
      expect(work()).toEqual(done);
      expect(stateOf(asked.id)).toBe(state);
      expect(failures()).toEqual([]);
    },
  );

  it('is given back when it is voided after its capture, and not charged when it is voided before', async () => {
    const [late, early] = [checkoutEntry(), checkoutEntry()];
    await book(late, early, voidEntry(early.id));
    expect(work()).toEqual(['charge at one']);
    await book(voidEntry(late.id));
    expect(work()).toEqual(['refund at one']);
    expect([stateOf(late.id), stateOf(early.id)]).toEqual(['released', 'released']);
    expect(balance('receivable:customer')).toBe(0n);
    expect(outcomesOf(late.id)).toEqual(['captured', 'refunded']);
    expect(failures()).toEqual([]);
  });

  it('gives back what is refunded, once it is captured', async () => {
    const sold = checkoutEntry();
    const refund = refundEntry(sold.id, 500);
    await book(sold, refund);
    expect(work()).toEqual(['charge at one', 'refund at one']);
    expect(outcomesOf(refund.id)).toEqual(['booked', 'refunded']);
    expect(balance('payable:refund')).toBe(0n);
    expect(failures()).toEqual([]);
  });
});

describe('asked by a kiosk', () => {
  it('is authorised, decided and captured', async () => {
    const asked = pendingEntry('tok_1');
    await book(asked);
    expect(work()).toEqual(['charge at one']);
    expect(outcomesOf(asked.id)).toEqual(['authorised']);
    await book(decisionEntry(asked.id, 'authorised'));
    expect(work()).toEqual(['capture at one']);
    expect(outcomesOf(asked.id)).toEqual(['authorised', 'captured']);
    expect(failures()).toEqual([]);
  });

  it('is declined with the code of the last processor that was asked', async () => {
    const asked = pendingEntry('tok_1');
    await book(asked);
    expect(work('decline_do_not_retry')).toEqual(['charge at one', 'charge at two']);
    expect(outcomesOf(asked.id)).toEqual(['declined do_not_retry']);
  });

  it('is told at once when no processor can be asked', async () => {
    const asked = pendingEntry('tok_1');
    await book(asked);
    expect(work('do', nowMs, ['one', 'two'])).toEqual([]);
    expect(outcomesOf(asked.id)).toEqual(['unknown']);
    await book(decisionEntry(asked.id, 'approved_offline'));
    expect(work()).toEqual(['charge at one']);
    expect(outcomesOf(asked.id)).toEqual(['unknown', 'captured']);
    expect(failures()).toEqual([]);
  });

  it('is looked up and let go when the appliance did not wait', async () => {
    const asked = pendingEntry('tok_1');
    await book(asked);
    expect(work('do_and_lose')).toEqual(['charge at one']);
    await book(decisionEntry(asked.id, 'refused'));
    expect(work()).toEqual(['look up at one', 'void at one']);
    expect(stateOf(asked.id)).toBe('released');
    expect(models.one?.charges.map(({ state }) => state)).toEqual(['voided']);
    expect(failures()).toEqual([]);
  });
});

describe('for people', () => {
  it('holds what the entry wants looked at, until a person lets it go on', async () => {
    const sold = checkoutEntry({ review: ['review_amount'] });
    await book(sold);
    expect(work()).toEqual([]);
    expect(outcomesOf(sold.id)).toEqual(['in_review']);
    expect(decide('approve')).toBe('in_review review_amount');
    expect(work()).toEqual(['charge at one']);
    expect(failures()).toEqual([]);
  });

  it('holds what a kiosk asked for and the entry wants looked at, before its capture', async () => {
    const asked = { ...pendingEntry('tok_1'), review: ['review_amount' as const] };
    await book(asked);
    work('do_and_lose');
    await book(decisionEntry(asked.id, 'approved_offline'));
    expect(work()).toEqual([]);
    expect(stateOf(asked.id)).toBe('held');
    expect(decide('approve')).toBe('in_review review_amount');
    expect(work()).toEqual(['look up at one', 'capture at one']);
    expect(failures()).toEqual([]);
  });

  it('writes off what a person gives up, and keeps apart what was settled otherwise', async () => {
    const [lost, paid] = [checkoutEntry({ review: ['review_amount'] }), checkoutEntry()];
    await book(lost);
    decide('decline');
    await book(paid);
    work('rejected');
    expect(decide('settled_otherwise')).toBe('held_money rejected');
    expect([outcomesOf(lost.id), outcomesOf(paid.id)]).toEqual([
      ['in_review', 'declined'],
      ['in_review', 'settled'],
    ]);
    expect([balance('expense:offline_loss'), balance('suspense')]).toEqual([1500n, 1500n]);
    expect(balance('receivable:customer')).toBe(0n);
    expect(failures()).toEqual([]);
  });

  it('takes back the loss when the processor has the money after all', async () => {
    const sold = checkoutEntry();
    await book(sold);
    work('do_and_lose');
    const [charge] = models.one?.charges ?? [];
    store.transaction(() => store.recoverSent(nowMs));
    db.exec(`UPDATE attempt SET not_before_ms = NULL, state = 'unknown'`);
    store.transaction(() => store.recoverSent(nowMs));
    db.exec(`UPDATE collection SET due_ms = ${nowMs}, processor = 'one', lane = 1`);
    work();
    decide('decline');
    expect(balance('expense:offline_loss')).toBe(1500n);
    const amount = { currency: 'GBP', amountMinor: 1500 };
    const state = {
      chargeId: charge?.chargeId ?? '',
      reference: charge?.reference ?? '',
      state: 'captured' as const,
    };
    const about = {
      kind: 'charge' as const,
      charge: { ...state, amount, capturedMinor: 1500, decline: null },
    };
    const event = { eventId: 'e1', type: 'payment_intent.succeeded', happenedMs: nowMs, about };
    const told = { processor: 'one', event };
    expect(store.transaction(() => store.applyEvent(told, nowMs))).toBe('applied');
    expect(store.transaction(() => store.applyEvent(told, nowMs))).toBe('nothing_to_do');
    expect([balance('expense:offline_loss'), balance('receivable:customer')]).toEqual([0n, 0n]);
    expect(stateOf(sold.id)).toBe('collected');
    expect(failures()).toEqual([]);
  });

  it.each(['approve', 'try_again'] as const)(
    'charges again after a warning of fraud when a person says %s, once for each word',
    async (word) => {
      const sold = checkoutEntry();
      await book(sold);
      work('decline_fraud');
      expect(decide(word)).toBe('fraud fraud');
      expect(work('decline_fraud')).toEqual(['charge at one']);
      expect(work()).toEqual([]);
      expect(decide(word)).toBe('fraud fraud');
      expect(work()).toEqual(['charge at one']);
      expect(stateOf(sold.id)).toBe('collected');
      expect(outcomesOf(sold.id)).toEqual(['in_review', 'in_review', 'captured']);
      expect(failures()).toEqual([]);
    },
  );

  it('ends a warning of fraud as a loss, or as settled otherwise', async () => {
    const [lost, paid] = [checkoutEntry(), checkoutEntry()];
    await book(lost);
    work('decline_fraud');
    decide('decline');
    await book(paid);
    work('decline_fraud');
    decide('settled_otherwise');
    expect([outcomesOf(lost.id), outcomesOf(paid.id)]).toEqual([
      ['in_review', 'declined fraud'],
      ['in_review', 'settled'],
    ]);
    expect([balance('expense:offline_loss'), balance('suspense')]).toEqual([1500n, 1500n]);
    expect(work('do', nowMs + 400 * 3_600_000)).toEqual([]);
    expect(failures()).toEqual([]);
  });

  it('asks nobody about a warning of fraud once the sale is voided', async () => {
    const sold = checkoutEntry();
    await book(sold);
    work('decline_fraud');
    await book(voidEntry(sold.id));
    expect(stateOf(sold.id)).toBe('released');
    decide('approve');
    expect(work()).toEqual([]);
    expect(failures()).toEqual([]);
  });

  it('asks about a refund of what no checkout is known of', async () => {
    await book(unlinkedRefundEntry(700));
    const [review] = waiting();
    expect(review).toMatchObject({ kind: 'held_money', reason: 'refund', amountMinor: 700 });
  });
});

it('follows a dispute through its stages, each once, and books that it is lost', async () => {
  const sold = checkoutEntry();
  await book(sold);
  work();
  const chargeId = models.one?.charges[0]?.chargeId ?? '';
  const tell = (state: DisputeState['state']) => {
    const amount = { currency: 'GBP', amountMinor: 1500 };
    const dispute = { disputeId: 'dp_1', reference: null, state, amount, reason: null };
    const event = {
      eventId: state,
      type: state,
      happenedMs: nowMs,
      about: { kind: 'dispute' as const, dispute, chargeId },
    };
    return store.transaction(() => store.applyEvent({ processor: 'one', event }, nowMs));
  };
  expect([tell('inquiry'), tell('opened'), tell('opened'), tell('under_review')]).toEqual([
    ...['nothing_to_do', 'applied', 'nothing_to_do', 'nothing_to_do'],
  ]);
  // That the money is held is the report's to say.
  expect(balance('receivable:dispute')).toBe(0n);
  expect([tell('lost'), tell('opened')]).toEqual(['applied', 'nothing_to_do']);
  expect([balance('receivable:dispute'), balance('expense:dispute_loss')]).toEqual([-1500n, 1500n]);
  expect(outcomesOf(sold.id)).toEqual(['captured', 'disputed']);
  expect(failures()).toEqual([]);
});

describe('a capture that is taken back', () => {
  const nothing = 'nothing_to_do';
  const seconds = { captured: nowMs, capture_failed: nowMs };

  /** Tells the events as webhooks are worked off: each by how it stands to the newest that is known. */
  function tellInOrder(states: readonly ('captured' | 'capture_failed')[], times = seconds): unknown[] {
    const [made] = models.one?.charges ?? [];
    if (!made) throw new Error('it was charged');
    const { chargeId, amountMinor } = made;
    const reference = db
      .prepare<[], string>(
        `SELECT reference FROM attempt WHERE purpose <> 'refund' ORDER BY ref DESC LIMIT 1`,
      )
      .pluck()
      .get() as string;
    let known: Said | null = null;
    return states.map((state) => {
      const capturedMinor = state === 'captured' ? amountMinor : 0;
      const said: Said = { kind: 'charge', state, happenedMs: times[state], capturedMinor, eventId: state };
      const standing = standingOf(said, known);
      // What is older than what is known changes no state (central/ledger/sqlite/older-events.test.ts).
      if (standing === 'older') return nothing;
      if (standing === 'newer') known = said;
      const amount = { currency: 'GBP', amountMinor };
      const charge = { chargeId, reference: null, state, amount, capturedMinor, decline: null };
      const event: ProcessorEvent = {
        ...{ eventId: state, type: state, happenedMs: said.happenedMs, about: { kind: 'charge', charge } },
        answers: { chargeId, reference, purpose: 'capture', done: state === 'captured' },
      };
      return store.transaction(() => store.applyEvent({ processor: 'one', event }, nowMs));
    });
  }
  const approvedOffline = async () => {
    const sold = checkoutEntry();
    await book(sold);
    work();
    return sold;
  };
  const askedByKiosk = async () => {
    const pending = pendingEntry('tok_1');
    await book(pending);
    work();
    await book(decisionEntry(pending.id, 'authorised'));
    work();
    return pending;
  };

  describe.each([
    ['with its charge', approvedOffline, 1500],
    ['by a call of its own', askedByKiosk, 1000],
  ])('that was made %s', (_, sell, totalMinor) => {
    it.each([
      [
        ['captured', 'capture_failed', 'capture_failed', 'captured'],
        [nothing, 'applied', nothing, nothing],
      ],
      [
        ['capture_failed', 'captured', 'capture_failed'],
        ['applied', nothing, nothing],
      ],
    ] as const)('is no money in the books, told as %j', async (states, expected) => {
      const sold = await sell();
      expect(balance('receivable:processor:one')).toBe(BigInt(totalMinor));
      expect(tellInOrder(states)).toEqual(expected);
      expect(balance('receivable:processor:one')).toBe(0n);
      expect(balance('receivable:customer')).toBe(BigInt(totalMinor));
      expect(stateOf(sold.id)).toBe('held');
      expect(waiting()).toMatchObject([{ kind: 'held_money', reason: 'rejected', amountMinor: totalMinor }]);
      expect(outcomesOf(sold.id).slice(-2)).toEqual(['captured', 'in_review']);
      expect(work('do', nowMs + 400 * 3_600_000)).toEqual([]);
      expect(failures()).toEqual([]);
    });

    it('is asked for again by a word of a person, on the same charge', async () => {
      const sold = await sell();
      tellInOrder(['captured', 'capture_failed'], { captured: nowMs, capture_failed: nowMs + 86_400_000 });
      Object.assign(models.one?.charges[0] ?? {}, { state: 'authorised', capturedMinor: 0 });
      decide('try_again');
      expect(work()).toEqual(['capture at one']);
      expect(stateOf(sold.id)).toBe('collected');
      expect(models.one?.charges).toHaveLength(1);
      expect(balance('receivable:processor:one')).toBe(BigInt(totalMinor));
      expect(failures()).toEqual([]);
    });

    it('is a loss by a word of a person, and is not asked for again', async () => {
      const sold = await sell();
      tellInOrder(['capture_failed']);
      decide('decline');
      expect(work('do', nowMs + 400 * 3_600_000)).toEqual([]);
      expect(stateOf(sold.id)).toBe('written_off');
      expect([balance('expense:offline_loss'), balance('receivable:customer')]).toEqual([
        BigInt(totalMinor),
        0n,
      ]);
      expect(failures()).toEqual([]);
    });

    /** What stands on the accounts that a sale passes, and what refunds of the counter are owed. */
    const standing = () =>
      [
        'receivable:customer',
        'receivable:processor:one',
        'payable:refund',
        'payable:payee:house',
        'expense:offline_loss',
      ].map((account) => Number(balance(account)));

    it.each([
      ['a loss', 'decline', [], [0, -500, 0, 500 - totalMinor, totalMinor]],
      ['collected again', 'try_again', ['capture at one'], [0, totalMinor - 500, 0, 500 - totalMinor, 0]],
    ] as const)('owes the whole sale again where a refund was made, and ends as %s', async (...row) => {
      const [, decision, calls, ends] = row;
      const sold = await sell();
      await book(refundEntry(sold.id, 500));
      work();
      expect(standing()).toEqual([0, totalMinor - 500, 0, 500 - totalMinor, 0]);
      expect(tellInOrder(['capture_failed', 'capture_failed'])).toEqual(['applied', nothing]);
      // The refund's movement stands: the processor has given out what it never took in.
      expect(standing()).toEqual([totalMinor, -500, 0, 500 - totalMinor, 0]);
      expect(waiting()).toMatchObject([{ kind: 'held_money', reason: 'rejected' }]);
      expect(failures()).toEqual([]);
      Object.assign(models.one?.charges[0] ?? {}, { state: 'authorised', capturedMinor: 0 });
      decide(decision);
      expect(work('do', nowMs + 400 * 3_600_000)).toEqual(calls);
      expect(standing()).toEqual(ends);
      expect(failures()).toEqual([]);
    });

    it('leaves the books to a person where the whole sale was undone', async () => {
      const sold = await sell();
      await book(voidEntry(sold.id));
      work();
      expect(tellInOrder(['capture_failed', 'capture_failed'])).toEqual(['applied', nothing]);
      expect(balance('receivable:processor:one')).toBe(0n);
      expect(waiting()).toMatchObject([{ kind: 'held_money', reason: 'amount_differs' }]);
      expect(failures()).toEqual([]);
    });
  });
});

it('gives back to the books what a refund that fails later did not give back', async () => {
  const sold = checkoutEntry();
  await book(sold, refundEntry(sold.id, 500));
  work();
  const [refund] = models.one?.charges[0]?.refunds ?? [];
  if (!refund) throw new Error('it was refunded');
  const about = { kind: 'refund' as const, refund: { ...refund, state: 'failed' as const }, chargeId: null };
  const event = { eventId: 'f', type: 'refund.failed', happenedMs: nowMs, about };
  expect(store.transaction(() => store.applyEvent({ processor: 'one', event }, nowMs))).toBe('applied');
  expect(stateOf(sold.id)).toBe('held');
  expect(balance('payable:refund')).toBe(-500n);
  expect(failures()).toEqual([]);
});

it.each([
  ['captured_differs', 'UPDATE collection SET captured_minor = 1400'],
  ['refunded_differs', 'UPDATE collection SET refunded_minor = 100 WHERE captured_minor > 0'],
  ['collection_unsettled', `UPDATE collection SET state = 'written_off' WHERE captured_minor = 0`],
  [
    'collection_forgotten',
    `UPDATE collection SET due_ms = NULL, processor = NULL, lane = NULL WHERE captured_minor = 0`,
  ],
])('the check finds %s', async (code, sql) => {
  await book(checkoutEntry());
  work();
  await book(checkoutEntry());
  db.exec(sql);
  expect(failures().map((one) => one.code)).toContain(code);
});
