import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pennies, submit, type TemporaryStore, temporaryStore } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
});
afterEach(() => shop.remove());

/** As another program sees the file: what was committed. */
function committedElapsedMs(): number {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const elapsedMs = Number(db.prepare('SELECT elapsed_ms FROM site').pluck().get());
  db.close();
  return elapsedMs;
}

it('writes a row that others then find, and changes nothing of the journal', () => {
  shop.execute(submit.checkout(1, pennies(1)));
  const position = shop.ask('position', {});
  const beforeMs = committedElapsedMs();
  shop.clock.advance(20_000);
  expect(shop.ask('selfCheck', {})).toEqual({ wrote: true });
  expect(committedElapsedMs()).toBe(beforeMs + 20_000);
  expect(shop.ask('position', {})).toEqual(position);
});

it('is answered by a store that has never sold anything', () => {
  expect(shop.ask('selfCheck', {})).toEqual({ wrote: true });
});
