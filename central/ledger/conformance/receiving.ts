// What a store does with the frames of a journal: durable before it says so, each entry once, nothing of a stranger.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { bytesOf, checkoutEntry } from '../../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { nowMs, type OnTrial, privateKey } from './trial.ts';

export function describeReceiving(on: OnTrial): void {
  const { restart, hello, receive, receivePayload, sell, bookAll, states } = on;

  it('knows nothing of a journal before its first entry', async () => {
    sell(2);
    const welcome = await hello();
    expect(welcome).toMatchObject({
      kind: 'welcome',
      position: { receivedThrough: 0, hash: '0'.repeat(64) },
    });
  });

  it('stores a run, and says the same position after a restart', async () => {
    sell(5);
    await hello();
    const position = { journalId: on.journal.journalId, receivedThrough: 5, hash: on.journal.hashAt(5) };
    expect(await receive(1, 5)).toEqual({ kind: 'received', position, entries: 5, asks: false });
    await restart();
    expect(await hello()).toMatchObject({ kind: 'welcome', position });
  });

  it('goes on with the next frame after a restart in the middle of a batch', async () => {
    sell(9);
    await hello();
    await receive(1, 3);
    await restart();
    expect(await receive(4, 6)).toMatchObject({ kind: 'received', position: { receivedThrough: 6 } });
    await restart();
    expect(await receive(7, 9)).toMatchObject({ kind: 'received', position: { receivedThrough: 9 } });
    await bookAll();
    expect(await states()).toEqual(Array(9).fill('booked'));
  });

  it('answers the same position again when a frame is repeated, and stores nothing twice', async () => {
    sell(6);
    await hello();
    await receive(1, 6);
    expect(await receive(1, 6)).toMatchObject({ kind: 'repeated', position: { receivedThrough: 6 } });
    expect(await receive(2, 4)).toMatchObject({ kind: 'repeated', position: { receivedThrough: 6 } });
    await bookAll();
    expect(await states()).toHaveLength(6);
  });

  it('stores only what is new of a frame that overlaps', async () => {
    sell(8);
    await hello();
    await receive(1, 5);
    expect(await receive(3, 8)).toMatchObject({ kind: 'received', entries: 3 });
    await bookAll();
    expect(await states()).toEqual(Array(8).fill('booked'));
  });

  it('stores nothing after a gap', async () => {
    sell(8);
    await hello();
    await receive(1, 2);
    expect(await receive(5, 8)).toMatchObject({ kind: 'gap', position: { receivedThrough: 2 } });
    await bookAll();
    expect(await states()).toHaveLength(2);
  });

  it('ignores a frame with a wrong signature, a broken chain or a stranger as its sender', async () => {
    sell(3);
    const strange = createTestJournal('box-1', testKeys().privateKey);
    strange.append(...on.journal.bodies);
    const payload = await on.journal.payload(1, 3);
    expect(await receivePayload(payload)).toEqual({ kind: 'ignored', reason: 'appliance_unknown' });
    await hello();
    const ignored = (reason: string) => ({ kind: 'ignored', reason });
    expect(await receivePayload(await strange.payload(1, 3))).toEqual(ignored('signature_wrong'));
    const broken = await on.journal.payload(1, 3, { lastHash: '1'.repeat(64) });
    expect(await receivePayload(broken)).toEqual(ignored('chain_broken'));
    const short = await on.journal.payload(1, 3, { count: 2 });
    expect(await receivePayload(short)).toEqual(ignored('frame_malformed'));
    expect(await receivePayload(payload.subarray(0, 40))).toEqual(ignored('frame_malformed'));
    expect(await receivePayload(Buffer.from('garbage'))).toEqual(ignored('frame_malformed'));
    // What was spoilt on the way harms nothing: the genuine frame is taken.
    expect(await receivePayload(payload)).toMatchObject({ kind: 'received' });
  });

  it('ignores a frame that another appliance signed', async () => {
    sell(1);
    await hello();
    await hello({ applianceId: 'box-2' });
    const payload = await on.journal.payload(1, 1);
    expect(await receivePayload(payload, 'box-2')).toEqual({
      kind: 'ignored',
      reason: 'signature_wrong',
    });
  });

  it('puts a journal with another history under a condition, and goes on with every other', async () => {
    sell(4);
    await hello();
    await receive(1, 4);
    const other = createTestJournal('box-1', privateKey, on.journal.journalId);
    other.append(...Array.from({ length: 6 }, () => bytesOf(checkoutEntry())));
    const diverged = { kind: 'diverged', position: { receivedThrough: 4 } };
    expect(await receivePayload(await other.payload(5, 6))).toMatchObject(diverged);
    expect(await receivePayload(await other.payload(1, 6))).toMatchObject(diverged);
    expect(await receivePayload(await other.payload(1, 2))).toMatchObject(diverged);
    expect(await hello({ lastSeq: 3, lastHash: on.journal.hashAt(3) })).toMatchObject(diverged);
    expect(await hello({ lastHash: other.hashAt(4) })).toMatchObject(diverged);
    const view = await on.port.appliance('box-1');
    expect(view?.journals[0]?.conditions).toEqual([{ code: 'history_diverged', sinceMs: nowMs }]);
    expect(await hello({ applianceId: 'box-2' })).toMatchObject({ kind: 'welcome' });
    const empty = { lastSeq: 0, lastHash: '0'.repeat(64) };
    expect(await hello({ journalId: randomUUID(), ...empty })).toMatchObject({ kind: 'welcome' });
  });

  it('ends the condition when the journal agrees again', async () => {
    sell(4);
    await hello();
    await receive(1, 3);
    await hello({ lastSeq: 1 });
    await receive(4, 4);
    expect((await on.port.appliance('box-1'))?.journals[0]?.conditions).toEqual([]);
  });
}
