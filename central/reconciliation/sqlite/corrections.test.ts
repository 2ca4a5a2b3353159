// What a person posted for a difference falls with it: taken back once, by its reverse, and said in the history.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byTester } from '../../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { findOneDifference } from '../../fixtures/reports/one-difference.ts';
import { portOver } from '../../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../../ledger/sqlite/store.ts';
import type { FoundDifference } from '../differences.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let nowMs = 1000;
beforeEach(async () => {
  nowMs = 1000;
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  await findOneDifference(portOver(store), nowMs);
  await correct();
});
afterEach(() => {
  store.close();
  folder.remove();
});

async function correct(): Promise<void> {
  const line = (account: 'suspense' | 'receivable:processor:stripe', amountMinor: number) => ({
    account,
    currency: 'GBP',
    amountMinor,
  });
  const postings = [line('receivable:processor:stripe', 200), line('suspense', -200)];
  const action = { kind: 'correct' as const, note: 'theirs is right', postings };
  const port = portOver(store);
  const done = await port.actOnException({ ref: 1, action, secondPersonAboveMinor: {} }, byTester(nowMs));
  expect(done).toMatchObject({ kind: 'done', exception: { settledAs: 'corrected' } });
  expect(suspense()).toBe(-200n);
}

/** A run that comes across the difference with such an amount, or not at all. */
async function run(amountMinor: bigint | null): Promise<void> {
  nowMs += 1000;
  const port = portOver(store);
  const begun = await port.beginRun({ asOfMs: nowMs, by: 'test', nowMs });
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const about = { reference: 'sale-1', currency: 'GBP', processor: 'stripe', sinceMs: 1000 };
  const found: FoundDifference = {
    ...about,
    key: 'unknown_to_us sale-1',
    status: 'unknown_to_us',
    amountMinor: amountMinor ?? 0n,
    differenceMinor: null,
    rows: [],
    rowsCount: 1,
  };
  if (amountMinor !== null) await port.takeDifferences(begun.run, [found], nowMs);
  while ((await port.finishPiece(begun.run, nowMs)).more);
  await port.endRun(begun.run, [], nowMs);
}

const suspense = () => store.accounts().find(({ name }) => name === 'suspense')?.balanceMinor;
const history = () => store.exception(1)?.history.map(({ action }) => action);

it('stands as long as the very same difference is found', async () => {
  await run(200n);
  await run(200n);
  expect(suspense()).toBe(-200n);
  expect(history()).toEqual(['opened', 'correct']);
});

it('is taken back once when the difference is gone', async () => {
  await run(null);
  await run(null);
  expect(suspense()).toBe(0n);
  expect(history()).toEqual(['opened', 'correct', 'correction_reversed', 'gone']);
});

it('is taken back when the difference is another one, which stands open and can be corrected anew', async () => {
  await run(300n);
  expect(suspense()).toBe(0n);
  expect(store.exception(1)).toMatchObject({ state: 'open', amountMinor: 300 });
  await correct();
  await run(null);
  expect(suspense()).toBe(0n);
  expect(history()).toEqual([
    ...['opened', 'correct', 'correction_reversed', 'reopened'],
    ...['correct', 'correction_reversed', 'gone'],
  ]);
});
