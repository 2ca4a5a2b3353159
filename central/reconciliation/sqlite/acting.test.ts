// Exceptions in a real database: what is settled above the limit waits for another person, however it is cut up.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { checkLedger } from '../../ledger/sqlite/check.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../ledger/sqlite/store.ts';
import type { By } from '../../people/actor.ts';
import type { FoundDifference } from '../differences.ts';
import type { ExceptionAction } from '../exceptions.ts';

const nowMs = 1_795_000_000_000;
const secondPersonAboveMinor = { GBP: 500 };
const by = (name: string, owner = name): By => ({
  actor: { kind: 'key', name, role: 'finance', from: '::1', owner },
  nowMs,
});
const postings = (amountMinor: number, currency = 'GBP') => [
  { account: 'expense:fee:stripe' as const, currency, amountMinor },
  { account: 'transit:stripe' as const, currency, amountMinor: -amountMinor },
];

let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db);
});
afterEach(() => {
  store.close();
  folder.remove();
});

/** Runs once, and answers the number of the exception for each amount. */
function find(...amounts: number[]): number[] {
  const differences = amounts.map(
    (amountMinor, i): FoundDifference => ({
      key: `missing ${i}`,
      status: 'missing',
      processor: 'stripe',
      reference: `box-1.sale-${i}.charge.1`,
      currency: 'GBP',
      amountMinor: BigInt(amountMinor),
      differenceMinor: null,
      sinceMs: nowMs,
      rows: [],
      rowsCount: 0,
    }),
  );
  return store.transaction(() => {
    const begun = store.beginRun({ asOfMs: nowMs, by: 'test', nowMs });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    store.takeDifferences(begun.run, differences, nowMs);
    while (store.finishPiece(begun.run, nowMs).more);
    store.endRun(begun.run, [], nowMs);
    const page = { state: null, status: null, processor: null, owner: null, cursor: null, limit: 99 };
    const { items } = store.exceptions(page);
    return amounts.map((_, i) => items.find(({ reference }) => reference.includes(`sale-${i}.`))?.ref ?? 0);
  });
}
const act = (ref: number, action: ExceptionAction, who = by('ann')) =>
  store.transaction(() => store.actOnException({ ref, action, secondPersonAboveMinor }, who));
const note = 'seen';
const numberOf = (ref: number) => store.exception(ref)?.proposal?.number ?? 0;
const confirm = (ref: number, who: By) => act(ref, { kind: 'confirm', note, proposal: numberOf(ref) }, who);
const actions = (ref: number) => {
  const { items } = store.auditRecords({ action: null, about: `exception ${ref}`, cursor: null, limit: 9 });
  return items.map(({ action }) => action).reverse();
};

describe('an exception', () => {
  it('up to the limit is settled by one person', () => {
    const [ref = 0] = find(500);
    expect(act(ref, { kind: 'accept', note })).toMatchObject({
      kind: 'done',
      exception: { settledAs: 'accepted', proposal: null },
    });
  });

  it.each<[ExceptionAction, string]>([
    [{ kind: 'accept', note }, 'accepted'],
    [{ kind: 'received', note }, 'received'],
    [{ kind: 'correct', note, postings: postings(501) }, 'corrected'],
  ])('above it waits for another person after %j', (action, settledAs) => {
    const [ref = 0] = find(501);
    expect(act(ref, action)).toMatchObject({
      kind: 'proposed',
      exception: { state: 'open', proposal: { action: action.kind, who: 'key ann (ann, finance)', note } },
    });
    expect(store.accounts()).toEqual([]);
    expect(confirm(ref, by('ann'))).toEqual({ kind: 'second_person_needed' });
    expect(confirm(ref, by('anns-phone', 'ann'))).toEqual({ kind: 'second_person_needed' });
    expect(confirm(ref, by('bob'))).toMatchObject({ kind: 'done', exception: { settledAs, proposal: null } });
    expect(store.accounts()).toHaveLength(action.kind === 'correct' ? 2 : 0);
    expect(actions(ref)).toEqual(['exception.propose', `exception.${action.kind}`]);
    expect(store.exception(ref)?.history.map(({ action: what }) => what)).toEqual([
      ...['opened', 'propose', action.kind],
    ]);
    expect(checkLedger(db).failures).toEqual([]);
  });

  it('below the limit needs another one where its correction moves more, or a currency without a limit', () => {
    const [one = 0, other = 0] = find(5, 6);
    expect(act(one, { kind: 'correct', note, postings: postings(501) }).kind).toBe('proposed');
    expect(act(other, { kind: 'correct', note, postings: postings(1, 'EUR') }).kind).toBe('proposed');
  });

  it('can be withdrawn by anybody, and is confirmed only as it was seen', () => {
    const [ref = 0] = find(501);
    act(ref, { kind: 'accept', note });
    const seen = numberOf(ref);
    act(ref, { kind: 'received', note });
    const refused = { kind: 'refused', code: 'proposal_unknown' };
    expect(act(ref, { kind: 'confirm', note, proposal: seen }, by('bob'))).toMatchObject(refused);
    expect(act(ref, { kind: 'withdraw', note, proposal: seen })).toMatchObject(refused);
    const replaced = numberOf(ref);
    expect(act(ref, { kind: 'withdraw', note, proposal: replaced })).toMatchObject({
      kind: 'done',
      exception: { state: 'open', proposal: null },
    });
    expect(act(ref, { kind: 'confirm', note, proposal: replaced }, by('bob'))).toMatchObject(refused);
    expect(actions(ref)).toEqual(['exception.propose', 'exception.propose', 'exception.withdraw']);
  });

  it('takes no word for other amounts than those it was said of', () => {
    const [ref = 0] = find(501);
    act(ref, { kind: 'accept', note });
    find(502);
    expect(store.exception(ref)).toMatchObject({ state: 'open', proposal: null });
    expect(store.exception(ref)?.history.map(({ action }) => action)).toContain('proposal_dropped');
  });

  it('does not slip below the limit by being cut up', () => {
    const [ref = 0] = find(501);
    const part = (amountMinor: number) => ({ amountMinor, owner: null });
    act(ref, { kind: 'split', note, parts: [part(250), part(251)] });
    const [first = 0, second = 0] = store.exception(ref)?.parts ?? [];
    expect(act(first, { kind: 'accept', note }).kind).toBe('proposed');
    act(second, { kind: 'split', note, parts: [part(1), part(250)] });
    const [least = 0] = store.exception(ref)?.parts.slice(2) ?? [];
    expect(act(least, { kind: 'accept', note }).kind).toBe('proposed');
  });

  it('does not slip below it by being merged into a small one, and loses what was proposed of that', () => {
    const [small = 0, large = 0, even = 0] = find(400, 501, 400);
    act(large, { kind: 'merge', note, into: small });
    expect(act(small, { kind: 'accept', note }).kind).toBe('proposed');
    act(even, { kind: 'merge', note, into: small });
    expect(store.exception(small)?.proposal).toBeNull();
    expect(act(small, { kind: 'accept', note }).kind).toBe('proposed');
  });
});
