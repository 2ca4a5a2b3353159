// Any order of sales, answers, lost answers, restarts, voids, refunds, webhooks and forgotten keys: never two live charges
// for a checkout (I13), never more given back than taken, and nothing that is forgotten.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import type { Entry } from '../../contract/entry.ts';
import {
  bytesOf,
  checkoutEntry,
  decisionEntry,
  pendingEntry,
  refundEntry,
  voidEntry,
} from '../fixtures/entries.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import { type Act, createModelProcessor, isLive, type ModelProcessor } from './fixtures/model-processor.ts';
import type { Step } from './port.ts';
import type { RoutingRules } from './route.ts';

const { privateKey, publicKeyDer } = testKeys();
const startMs = 1_795_000_000_000;
const totalMinor = 1000;
const names = ['one', 'two'] as const;
const keyLifeMs = 86_400_000;
const routing: RoutingRules = {
  processors: Object.fromEntries(names.map((name) => [name, { keyLifeMs, tokenPrefixes: [''] }])),
  rules: [{ when: {}, processors: names, otherOn: ['do_not_retry'] }],
};

type Command =
  | { kind: 'entry'; of: 'sale' | 'ask' | 'approve' | 'authorised' | 'refuse' | 'void' | 'refund' }
  | { kind: 'take'; broken: boolean }
  | { kind: 'answer'; which: number; act: Act }
  | { kind: 'look'; which: number; way: 'see' | 'too_early' | 'unavailable' }
  | { kind: 'restart' }
  | { kind: 'wait'; ms: number }
  | { kind: 'webhook'; which: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('entry' as const),
      of: fc.constantFrom('sale', 'ask', 'approve', 'authorised', 'refuse', 'void', 'refund'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('take' as const), broken: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(),
      act: fc.constantFrom<Act>(
        'do',
        'do_and_lose',
        'lose',
        'unavailable',
        'processor_failed',
        'rejected',
        'decline_retry_later',
        'decline_do_not_retry',
        'decline_other_method',
        'decline_fraud',
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      which: fc.nat(),
      way: fc.constantFrom('see', 'too_early', 'unavailable'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(1000, 60_000, 3_600_000, 30 * 3_600_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('webhook' as const), which: fc.nat() }) },
);

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
beforeAll(() => {
  folder = temporaryFolder();
  store = createSqliteStore(openDatabase(join(folder.path, 'central.db')), { routing });
});
afterAll(() => {
  store.close();
  folder.remove();
});

/** The entries that the commands bring, each about the checkouts before it, as payloads that the store takes. */
async function payloadsOf(commands: readonly Command[]) {
  const journal = createTestJournal('box-1', privateKey);
  const state = { sale: '', asked: '', refunds: 0 };
  const payloads: (Uint8Array | null)[] = [];
  const entryOf = (of: Extract<Command, { kind: 'entry' }>['of']): Entry | null => {
    switch (of) {
      case 'sale': {
        const entry = checkoutEntry({ totalMinor });
        Object.assign(state, { sale: entry.id, refunds: 0 });
        return entry;
      }
      case 'ask': {
        const entry = pendingEntry('tok_1', totalMinor);
        state.asked = entry.id;
        return entry;
      }
      case 'approve':
      case 'authorised':
      case 'refuse': {
        if (state.asked === '') return null;
        const verdicts = {
          approve: 'approved_offline',
          authorised: 'authorised',
          refuse: 'refused',
        } as const;
        const entry = decisionEntry(state.asked, verdicts[of]);
        if (of !== 'refuse') Object.assign(state, { sale: state.asked, refunds: 0 });
        state.asked = '';
        return entry;
      }
      case 'void':
        return state.sale === '' ? null : voidEntry(state.sale);
      case 'refund':
        return state.sale === '' || state.refunds++ >= 4 ? null : refundEntry(state.sale, 300);
    }
  };
  for (const one of commands) {
    const entry = one.kind === 'entry' ? entryOf(one.of) : null;
    if (entry === null) {
      payloads.push(null);
      continue;
    }
    journal.append(bytesOf(entry));
    payloads.push(await journal.payload(journal.lastSeq(), journal.lastSeq()));
  }
  return { journal, payloads };
}

class RolledBack extends Error {}

function run(
  commands: readonly Command[],
  { journal, payloads }: Awaited<ReturnType<typeof payloadsOf>>,
): void {
  const time = { nowMs: startMs };
  const models = Object.fromEntries(names.map((name) => [name, createModelProcessor(name)]));
  const model = (name: string) => models[name] as ModelProcessor;
  const inFlight: Step[] = [];
  const hello = { applianceId: 'box-1', publicKey: publicKeyDer, journalId: journal.journalId };
  const last = { lastSeq: journal.lastSeq(), lastHash: journal.hashAt(journal.lastSeq()) };
  store.hello({ ...hello, ...last, feedId: null, appliedThrough: 0, release: 'test', nowMs: startMs });

  const take = (broken: boolean) => {
    const places = { one: { freeCount: 2, broken }, two: { freeCount: 2, broken: false } };
    inFlight.push(...store.takeSteps({ places, stepsMax: 4, nowMs: time.nowMs }));
  };
  const pull = (kind: Step['kind'], which: number): Step | undefined => {
    const some = inFlight.filter((step) => step.kind === kind);
    const step = some[which % Math.max(1, some.length)];
    if (step) inFlight.splice(inFlight.indexOf(step), 1);
    return step;
  };
  const perform = (step: Step | undefined, act: Act, way: 'see' | 'too_early' | 'unavailable') => {
    if (step === undefined) return;
    const { attemptRef, processor } = step;
    const { nowMs } = time;
    if (step.kind === 'send') {
      store.answered({ attemptRef, outcome: model(processor).send(step, act, nowMs), nowMs });
    } else store.lookedUp({ attemptRef, result: model(processor).lookUp(step.question, way), nowMs });
    noTwoAlive();
  };
  const webhook = (which: number) => {
    const all = names.flatMap((name) => model(name).charges.map((charge) => ({ name, charge })));
    const told = all[which % Math.max(1, all.length)];
    if (told === undefined) return;
    const { chargeId, reference, state, amountMinor, capturedMinor } = told.charge;
    const amount = { currency: 'GBP', amountMinor };
    const charge = { chargeId, reference, state, amount, capturedMinor, decline: null };
    const event = {
      eventId: 'e',
      type: 't',
      happenedMs: time.nowMs,
      about: { kind: 'charge' as const, charge },
    };
    store.applyEvent({ processor: told.name, event }, time.nowMs);
  };
  const noTwoAlive = () => {
    const live = names.flatMap((name) => model(name).charges.filter(isLive));
    const checkouts = live.map(({ reference }) => reference.split('.')[1]);
    if (new Set(checkouts).size < checkouts.length)
      throw new Error(`two live charges: ${checkouts.join(' ')}`);
  };

  commands.forEach((one, i) => {
    switch (one.kind) {
      case 'entry': {
        const payload = payloads[i];
        if (!payload) return;
        store.receive({ applianceId: 'box-1', payload, nowMs: time.nowMs });
        while (store.bookPiece(100, time.nowMs).more);
        return;
      }
      case 'take':
        take(one.broken);
        return;
      case 'answer':
        perform(pull('send', one.which), one.act, 'see');
        return;
      case 'look':
        perform(pull('look_up', one.which), 'do', one.way);
        return;
      case 'restart':
        // What was on its way may have arrived: the answers are lost.
        for (const step of inFlight.splice(0)) {
          if (step.kind === 'send' && step.attemptRef % 2 === 0) {
            model(step.processor).send(step, 'do', time.nowMs);
          }
        }
        store.recoverSent(time.nowMs);
        noTwoAlive();
        return;
      case 'wait':
        time.nowMs += one.ms;
        return;
      case 'webhook':
        webhook(one.which);
        return;
    }
  });

  // Then everything works, until there is nothing left to do.
  for (let i = 0; i < 400; i++) {
    take(false);
    for (const step of inFlight.splice(0)) perform(step, 'do', 'see');
    const due = store.nextStepDueMs(names);
    if (due === null) break;
    time.nowMs = Math.max(time.nowMs, due);
  }
  if (store.nextStepDueMs(names) !== null) throw new Error('it never comes to an end');
  everythingEnded(models);
}

function everythingEnded(models: Readonly<Record<string, ModelProcessor>>): void {
  const { items } = store.collections({ state: null, applianceId: null, cursor: null, limit: 200 });
  for (const item of items) {
    const charges = names.flatMap((name) => models[name]?.charges ?? []);
    const mine = charges.filter(({ reference }) => reference.split('.')[1] === item.checkoutId);
    const takenMinor = mine.reduce((sum, { capturedMinor }) => sum + capturedMinor, 0);
    const refunds = mine.flatMap((charge) => charge.refunds);
    const givenMinor = refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
    const where = `${item.state} ${item.heldFor ?? ''} wanted ${item.wanted}: ${takenMinor} taken, ${givenMinor} given`;
    const fail = (what: string) => {
      throw new Error(`${what}: ${where} ${JSON.stringify(item)}`);
    };
    if (takenMinor !== item.capturedMinor || givenMinor !== item.refundedMinor)
      fail('books and processor differ');
    const alive = mine.filter(isLive);
    switch (item.state) {
      case 'collected':
        if (takenMinor !== totalMinor) fail('not collected');
        break;
      case 'released':
        if (alive.length > 0) fail('not released');
        break;
      case 'written_off':
        if (alive.length > 0 || item.lostMinor !== totalMinor) fail('not a loss');
        break;
      case 'held':
        break;
      case 'open':
        // Waits for the appliance's decision.
        if (item.wanted !== 'authorised') fail('forgotten');
    }
  }
  booksAgree(items);
}

/** What stands on the customers' account is what is sold and neither collected, undone nor lost. */
function booksAgree(items: ReturnType<SqliteStore['collections']>['items']): void {
  const balance = (name: string) => store.accounts().find((one) => one.name === name)?.balanceMinor ?? 0n;
  const owed = items.reduce((sum, item) => {
    const { capturedMinor, refundedMinor, lostMinor } = item;
    if (item.wanted === 'captured') return sum + totalMinor - capturedMinor - lostMinor;
    if (item.wanted === 'nothing') return sum - (capturedMinor - refundedMinor);
    return sum + (store.document(item.checkoutId)[0]?.state === 'booked' ? totalMinor : 0) - capturedMinor;
  }, 0);
  // What was given back for a sale that was voided later is no sale's.
  if (balance('receivable:customer') !== BigInt(owed)) {
    throw new Error(`the customers owe ${balance('receivable:customer')} and not ${owed}`);
  }
  const sum = store.accounts().reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
  if (sum !== 0n) throw new Error(`the books sum to ${sum} (I6)`);
}

it('keeps one charge for a checkout, and forgets none, in any order of events', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 60, size: 'max' }), async (commands) => {
      const prepared = await payloadsOf(commands);
      try {
        // Everything in one transaction that is taken back: each run begins with an empty database.
        store.transaction(() => {
          run(commands, prepared);
          throw new RolledBack();
        });
      } catch (error) {
        if (!(error instanceof RolledBack)) throw error;
      }
    }),
    { numRuns: Number(process.env.HOLDFAST_RUNS ?? 150) },
  );
});
