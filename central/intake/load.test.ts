import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLoad } from './load.ts';
import { createReceipts } from './receipts.ts';

describe('the load of intake', () => {
  it('has room while it is within its bound, and waits beyond it until enough is done', async () => {
    const load = createLoad(100);
    const work = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const room: number[] = [];
    const carried = work.map(({ promise }, i) => load.carry(60, promise).then(() => room.push(i)));
    await turn();
    expect(room).toEqual([0]);
    work[0]?.resolve();
    await turn();
    expect(room).toEqual([0]);
    work[2]?.resolve();
    await Promise.all(carried);
    expect(room).toHaveLength(3);
    work[1]?.resolve();
    await load.idle();
  });
});

describe('receipts', () => {
  it('says one receipt a journal for all that became durable together: the last', async () => {
    const said: [string, number][] = [];
    const receipts = createReceipts((applianceId, { receivedThrough }) =>
      said.push([applianceId, receivedThrough]),
    );
    const at = (receivedThrough: number) => ({ journalId: 'j', receivedThrough, hash: '' });
    receipts.say('box-1', at(10));
    receipts.say('box-2', at(7));
    receipts.say('box-1', at(20));
    await turn();
    receipts.say('box-1', at(30));
    await turn();
    expect(said).toEqual([
      ['box-1', 20],
      ['box-2', 7],
      ['box-1', 30],
    ]);
  });
});
