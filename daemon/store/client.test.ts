// The store behind its real thread: order, bounds, and the end of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreBusyError, type StoreClient, StoreGoneError, startStore } from './client.ts';
import type { AcceptAnswer, Ask } from './commands.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, submit, uuid } from './temporary-store.ts';

let folder: string;
let gone: Error[];
let store: StoreClient;
const start = (commandsWaitingMax = 1000) =>
  startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax, onGone: (error) => gone.push(error) });
const sell = (n: number): Promise<AcceptAnswer> => {
  const { kind: _, ...ask } = submit.checkout(n, pennies(1));
  return store.ask('checkout', ask as Ask<'checkout'>);
};
/** What must never happen, made to happen: the thread throws. */
const breakThread = () => store.ask('page', { beforeSeq: null, itemsMax: 'x' as unknown as number });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  gone = [];
  store = await start();
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const seqOf = (answer: AcceptAnswer) => (answer.kind === 'answered' ? answer.answer.seq : null);

describe('the store client', () => {
  it('gives each asker its own answer, in the order of asking', async () => {
    const order: number[] = [];
    const answers = await Promise.all(
      numbers(300).map(async (n) => {
        if (n % 50 === 0) await new Promise(setImmediate);
        const answer = await sell(n);
        order.push(n);
        return answer.kind === 'answered' && answer.answer.id === uuid(n) && seqOf(answer);
      }),
    );
    expect([...answers].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(300));
    expect(order.filter((n) => n % 50 !== 0)).toEqual(numbers(300).filter((n) => n % 50 !== 0));
  });

  it('says when the journal has grown, and by how much, before the askers hear', async () => {
    const heard: number[] = [];
    store.onAppended(() => heard.push(store.lastSeq));
    await Promise.all([sell(1), sell(2)]);
    expect(store.lastSeq).toBe(2);
    await Promise.all([sell(1), store.ask('status', {})]);
    expect(heard).toEqual([2]);
    await sell(3);
    expect(heard).toEqual([2, 3]);
  });

  it('keeps a bound on what waits, and takes more once that is answered', async () => {
    await store.close();
    store = await start(10);
    const results = await Promise.allSettled(numbers(25).map(sell));
    expect(results.slice(0, 10).every(({ status }) => status === 'fulfilled')).toBe(true);
    const refused = results.slice(10).map((result) => result.status === 'rejected' && result.reason);
    expect(refused.every((error) => error instanceof StoreBusyError)).toBe(true);
    expect(seqOf(await sell(25))).toBe(11);
  });

  it('answers what was asked before the close, and refuses what comes after it', async () => {
    const asked = numbers(50).map(sell);
    const closed = store.close();
    await expect(sell(51)).rejects.toThrow(StoreGoneError);
    expect((await Promise.all(asked)).map(seqOf)).toEqual(numbers(50));
    await closed;
    expect(gone).toEqual([]);
    store = await start();
    expect(store.lastSeq).toBe(50);
  });

  it('says once that it is gone when the thread fails, and leaves nobody waiting', async () => {
    await sell(1);
    const waiting = [breakThread(), sell(2), store.ask('status', {})];
    const results = await Promise.allSettled(waiting);
    expect(results.map((result) => result.status === 'rejected' && result.reason.constructor)).toEqual([
      StoreGoneError,
      StoreGoneError,
      StoreGoneError,
    ]);
    await expect(sell(3)).rejects.toThrow(StoreGoneError);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gone).toHaveLength(1);
    // The journal is whole: what was answered is there, what was not may be sent again.
    store = await start();
    expect([seqOf(await sell(1)), seqOf(await sell(2))]).toEqual([1, 2]);
  });

  it('does not start on a file that is not its own, and says why', async () => {
    const foreign = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
    const db = new BetterSqlite3(join(foreign, 'journal.db'));
    db.exec('CREATE TABLE mine (x)');
    db.close();
    const opening = startStore(
      { folder: foreign, space: plentyOfSpace },
      { commandsWaitingMax: 1, onGone: (error) => gone.push(error) },
    );
    await expect(opening).rejects.toMatchObject({
      cause: { message: expect.stringContaining('another program') },
    });
    rmSync(foreign, { recursive: true });
  });
});
