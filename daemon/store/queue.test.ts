// What central has not received, counted as the technician's commands count it, and never more than a bounded number.

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAtRest } from './at-rest.ts';
import { pennies, submit, type TemporaryStore, temporaryStore } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
});
afterEach(() => shop.remove());

function receive(through: number): void {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const hash = db.prepare('SELECT hash FROM entry WHERE seq = ?').pluck().get(through) as Buffer;
  const { journalId } = shop.ask('position', {});
  shop.ask('received', { journalId, receivedThrough: through, hash: hash.toString('hex') });
  db.close();
}

it('is nothing on an empty journal, and nothing once central has all', () => {
  const nothing = { documents: 0, totalMinor: 0, oldestMs: null, more: false };
  expect(shop.ask('queue', {})).toEqual(nothing);
  shop.execute(submit.checkout(1, pennies(100)));
  receive(1);
  expect(shop.ask('queue', {})).toEqual(nothing);
});

it('counts the money of checkouts and refunds, and not what was refused, as the commands do', () => {
  const atMs = shop.clock.wallMs();
  shop.execute(submit.checkout(1, pennies(100)));
  shop.clock.advance(60_000);
  const { id } = submit.checkout(1, pennies(100)) as { id: string };
  shop.execute(submit.checkout(2, pennies(250)), submit.refund(3, id, 30));
  // More than the policy's limit for one checkout.
  shop.execute(submit.checkout(4, pennies(100_001)));
  expect(shop.ask('queue', {})).toEqual({ documents: 3, totalMinor: 380, oldestMs: atMs, more: false });
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  expect(readAtRest(db)?.unreceived).toEqual({ documents: 3, totalMinor: 380 });
  db.close();
  receive(1);
  expect(shop.ask('queue', {})).toEqual({
    documents: 2,
    totalMinor: 280,
    oldestMs: atMs + 60_000,
    more: false,
  });
});

it('counts the oldest thousand, and says that there are more', () => {
  const all = Array.from({ length: 1001 }, (_, i) => submit.checkout(i + 1, pennies(1)));
  shop.execute(...all);
  expect(shop.ask('queue', {})).toMatchObject({ documents: 1000, totalMinor: 1000, more: true });
  receive(1);
  expect(shop.ask('queue', {})).toMatchObject({ documents: 1000, totalMinor: 1000, more: false });
});
