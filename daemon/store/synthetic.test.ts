// Synthetic checkouts: judged and journaled like every checkout, and nothing of the shop moves by them.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Entry } from '../../contract/entry.ts';
import { present } from '../../kit/assert.ts';
import type { AcceptAnswer } from './commands.ts';
import { pennies, policyItem, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

let store: TemporaryStore;
beforeEach(() => {
  store = temporaryStore();
});
afterEach(() => store.remove());

const basket = () => present(store.ask('syntheticBasket', {}).checkout, 'a basket');
const ask = (n: number) =>
  store.ask('synthetic', { id: uuid(n), checkout: basket(), by: 'schedule' as const });
const sell = (n: number, totalMinor: number) =>
  store.execute(submit.checkout(n, pennies(totalMinor)))[0] as AcceptAnswer;

/** Every row of every table beside the journal's own, as text. */
function everythingElse(): string {
  const db = new BetterSqlite3(join(store.folder, 'journal.db'), { readonly: true });
  try {
    const tables = db
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'entry'`)
      .pluck()
      .all();
    return tables
      .map((table) => `${table} ${JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all())}`)
      .join('\n');
  } finally {
    db.close();
  }
}

describe('a synthetic checkout', () => {
  it('is judged by the rule and journaled, marked by its kind, with a slip number for nobody', () => {
    sell(1, 5);
    const answer = ask(2);
    expect(answer).toMatchObject({ kind: 'answered', answer: { seq: 2, verdict: 'approved_offline' } });
    const run = present(store.ask('entries', { afterSeq: 1, itemsMax: 9, bytesMax: 1e6 }), 'the entry');
    const entry = Entry.parse(JSON.parse(Buffer.from(run.lines).toString()));
    expect(entry).toMatchObject({ kind: 'synthetic', by: 'schedule', checkout: { totalMinor: 199 } });
    expect(entry).not.toHaveProperty('slip');
    expect(sell(3, 5)).toMatchObject({ answer: { slip: 2 } });
  });

  it('leaves every row beside the journal as it was, however many there are, and sales between them count alone', () => {
    store.feed(
      { kind: 'stock', changes: [{ sku: 'pencil', change: 'set', quantity: 3 }] },
      policyItem(2, { risk: { velocity: [{ per: 'kiosk', windowMinutes: 60, countMax: 4 }] } }),
    );
    sell(1, 5);
    const before = everythingElse();
    for (let n = 10; n < 60; n++) expect(ask(n)).toMatchObject({ answer: { verdict: 'approved_offline' } });
    expect(everythingElse()).toBe(before);
    expect(store.ask('status', {})).toMatchObject({
      exposure: { totalMinor: 5 },
      verdicts: { 'checkout approved_offline': 1 },
    });
    expect(sell(2, 5)).toMatchObject({ answer: { verdict: 'approved_offline', slip: 2 } });
  });

  it('says what the rule would refuse a customer now', () => {
    store.feed(policyItem(2, { exposure: { totalMinorMax: 100 } }));
    sell(1, 99);
    const answer = store.ask('synthetic', { id: uuid(2), checkout: pennies(2), by: 'technician' });
    expect(answer).toMatchObject({
      answer: { verdict: 'refused', reasons: ['exposure_limit_reached'] },
    });
  });

  it('is shown to no kiosk: neither as a document, nor in a list, nor as an event', () => {
    ask(1);
    sell(2, 5);
    expect(store.ask('document', { id: uuid(1) })).toBeNull();
    expect(store.ask('page', { beforeSeq: null, itemsMax: 9 }).items.map(({ id }) => id)).toEqual([uuid(2)]);
    store.feed(
      { kind: 'outcome', id: uuid(1), outcome: 'booked', atMs: 1 },
      { kind: 'outcome', id: uuid(2), outcome: 'booked', atMs: 1 },
    );
    const { events } = store.ask('events', { seq: 0, outcome: 0, itemsMax: 9 });
    expect(events.map((event) => [event.kind, 'answer' in event ? event.answer.id : event.id])).toEqual([
      ['document', uuid(2)],
      ['outcome', uuid(2)],
    ]);
  });

  it('is not made where there is nothing to sell by', () => {
    store.remove();
    store = temporaryStore([]);
    expect(store.ask('syntheticBasket', {})).toEqual({ checkout: null });
    expect(store.ask('synthetic', { id: uuid(1), checkout: pennies(1), by: 'central' })).toEqual({
      kind: 'unaccepted',
      code: 'catalogue_missing',
    });
  });
});
