// Group commit: what waits becomes one batch, and each asker gets its own answer after the commit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { collectAtRest } from '../../kit/rest.ts';
import type { Command } from './commands.ts';
import { openStore, type Store } from './store.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, submit } from './temporary-store.ts';
import { type Request, type Response, serveStore } from './thread.ts';

let folder: string;
let store: Store;
let batches: number[];
let channel: MessageChannel;
let responses: Response[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-thread-'));
  store = openStore({ folder, space: plentyOfSpace, clock: manualClock() });
  store.execute([{ kind: 'feed', feedId, firstPosition: 1, items: firstFeed }]);
  batches = [];
  responses = [];
  channel = new MessageChannel();
  channel.port2.on('message', (response: Response) => responses.push(response));
});
afterEach(() => {
  channel.port2.close();
  rmSync(folder, { recursive: true });
});

/** Serves the store, keeping the size of each batch. */
const serve = () =>
  serveStore(
    {
      execute(batch) {
        batches.push(batch.length);
        return store.execute(batch);
      },
      get heads() {
        return store.heads;
      },
      takeDecided: () => store.takeDecided(),
      close: () => store.close(),
    },
    null,
    channel.port1,
    collectAtRest(manualClock()),
  );
const send = (request: Request) => channel.port2.postMessage(request);
const sales = (first: number, count: number): Command[] =>
  Array.from({ length: count }, (_, i) => submit.checkout(first + i, pennies(1)));
const readRun: Command = { kind: 'entries', afterSeq: 0, itemsMax: 9, bytesMax: 1e6 };
const closed = () => new Promise<void>((resolve) => channel.port2.once('close', () => resolve()));
const answers = () => responses.filter((response) => response.kind === 'answers');

describe('the store thread', () => {
  it('takes everything that waits as one batch, and answers each message in its order', async () => {
    send({ kind: 'commands', lane: 'kiosks', firstId: 1, commands: sales(1, 2) });
    send({ kind: 'commands', lane: 'kiosks', firstId: 3, commands: sales(3, 1) });
    send({ kind: 'commands', lane: 'kiosks', firstId: 4, commands: sales(4, 3) });
    send({ kind: 'close' });
    serve();
    await closed();
    expect(batches).toEqual([6]);
    const [open, answered, last] = responses;
    expect(open).toMatchObject({ kind: 'open', heads: { lastSeq: 0 } });
    expect(answered).toMatchObject({ firstIds: [1, 3, 4], counts: [2, 1, 3], heads: { lastSeq: 6 } });
    expect(answers()[0]?.answers.map((answer) => answer && 'answer' in answer && answer.answer.seq)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(last).toEqual({ kind: 'closed' });
  });

  it('ends a batch once it has its fill, so that nobody waits behind an endless one', async () => {
    for (let at = 0; at < 12; at++)
      send({ kind: 'commands', lane: 'kiosks', firstId: at * 100 + 1, commands: sales(at * 100 + 1, 100) });
    send({ kind: 'close' });
    serve();
    await closed();
    expect(batches).toEqual([600, 600]);
    expect(answers().map(({ heads }) => heads.lastSeq)).toEqual([600, 1200]);
  });

  it('does what kiosks ask first, and one piece of the sync between two of their batches', async () => {
    for (let at = 0; at < 3; at++)
      send({ kind: 'commands', lane: 'sync', firstId: at + 1, commands: [readRun] });
    for (let at = 0; at < 12; at++)
      send({ kind: 'commands', lane: 'kiosks', firstId: at * 100 + 9, commands: sales(at * 100 + 1, 100) });
    send({ kind: 'close' });
    serve();
    await closed();
    expect(batches).toEqual([600, 1, 600, 1, 1]);
    expect(answers().map(({ firstIds }) => firstIds[0])).toEqual([9, 1, 609, 2, 3]);
  });

  it('does what was asked before the close, and then closes the database', async () => {
    send({ kind: 'commands', lane: 'kiosks', firstId: 1, commands: sales(1, 3) });
    send({ kind: 'close' });
    serve();
    await closed();
    expect(answers()).toHaveLength(1);
    expect(() => store.execute(sales(9, 1))).toThrow('not open');
  });

  it('moves the bytes of a run whole', async () => {
    send({ kind: 'commands', lane: 'kiosks', firstId: 1, commands: sales(1, 2) });
    send({ kind: 'commands', lane: 'sync', firstId: 3, commands: [readRun] });
    send({ kind: 'close' });
    serve();
    await closed();
    const run = answers()[1]?.answers[0];
    const lines = run && 'lines' in run ? Buffer.from(run.lines).toString().split('\n') : [];
    expect(lines.map((line) => JSON.parse(line).slip)).toEqual([1, 2]);
  });
});
