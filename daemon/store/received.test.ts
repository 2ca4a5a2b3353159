// Central's receipts: I4, and what is not believed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { genesisHash } from '../../contract/hash.ts';
import { pennies, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
  shop.execute(...[1, 2, 3, 4, 5].map((n) => submit.checkout(n, pennies(n))));
});
afterEach(() => shop.remove());

const hashAt = (seq: number) =>
  seq === 0
    ? genesisHash.toString('hex')
    : String(shop.ask('entries', { afterSeq: seq - 1, itemsMax: 1, bytesMax: 1 })?.lastHash);
const receive = (receivedThrough: number, hash = hashAt(receivedThrough), journalId?: string) =>
  shop.ask('received', { journalId: journalId ?? shop.ask('position', {}).journalId, receivedThrough, hash });
const through = () => shop.ask('position', {}).receivedThrough;

describe('a receipt', () => {
  it('moves the position forward, durably, and never back (I4)', () => {
    expect(receive(3)).toEqual({ kind: 'recorded', receivedThrough: 3 });
    expect(receive(1)).toEqual({ kind: 'recorded', receivedThrough: 3 });
    expect(receive(0)).toEqual({ kind: 'recorded', receivedThrough: 3 });
    expect(receive(3)).toEqual({ kind: 'recorded', receivedThrough: 3 });
    shop.reopen();
    expect(through()).toBe(3);
    expect(receive(5)).toEqual({ kind: 'recorded', receivedThrough: 5 });
    expect(shop.ask('status', {}).journal).toMatchObject({ lastSeq: 5, receivedThrough: 5, pending: 0 });
  });

  it.each([
    ['with another hash', () => receive(3, 'ab'.repeat(32))],
    ['with the hash of another entry', () => receive(3, hashAt(2))],
    ['of nothing, with another hash than that of nothing', () => receive(0, hashAt(1))],
    ['beyond the last entry', () => receive(6, hashAt(5))],
    ['far beyond', () => receive(Number.MAX_SAFE_INTEGER, hashAt(5))],
    ['of another journal', () => receive(3, hashAt(3), uuid(77))],
  ])('%s contradicts this journal, and moves nothing', (_, contradict) => {
    receive(2);
    expect(contradict()).toEqual({ kind: 'diverged' });
    expect(through()).toBe(2);
    shop.reopen();
    expect(through()).toBe(2);
  });

  it('of another history is not believed even behind what was received before', () => {
    receive(4);
    expect(receive(2, hashAt(3))).toEqual({ kind: 'diverged' });
  });

  it('marks the documents that it covers', () => {
    receive(2);
    const received = [1, 2, 3].map((n) => shop.ask('document', { id: uuid(n) })?.received);
    expect(received).toEqual([true, true, false]);
  });
});
