// Reviews in a real database: asked once, decided once, and carried out in the transaction of the decision or not at all.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { openReviewStore, type ReviewStore } from '../../fixtures/review-store.ts';
import type { By } from '../actor.ts';
import { ReviewConfig } from '../review-config.ts';
import type { ReviewAsked } from './reviews.ts';

const nowMs = 1_795_000_000_000;
const hourMs = 3_600_000;
const rules = ReviewConfig.parse({ secondPersonAboveMinor: { GBP: 500 } });
const byKey = (name: string, atMs = nowMs): By => ({
  actor: { kind: 'key', name, role: 'support', from: '::1' },
  nowMs: atMs,
});
const note = 'seen';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let at: ReviewStore;
let trouble: Error | null;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'central.db');
  trouble = null;
  at = openReviewStore(path, () => {
    if (trouble) throw trouble;
  });
  at.store.transaction(() => at.store.registerAppliance({ id: 'box-1', site: null }, byKey('ann')));
});
afterEach(() => {
  at.close();
  folder.remove();
});

const open = (more: Partial<ReviewAsked> = {}) =>
  at.store.transaction(() =>
    at.reviews.open({
      kind: 'in_review',
      applianceRef: 1,
      documentId: 'd1',
      attemptRef: null,
      currency: 'GBP',
      amountMinor: 100,
      reason: 'amount_large',
      nowMs,
      ...more,
    }),
  );
const decide = (number: number, decision: 'approve' | 'decline' | 'try_again', who = byKey('ann')) =>
  at.store.transaction(() => at.store.decideReview({ number, decision, note, rules }, who));
const due = (atMs: number, reviewsMax = 50) =>
  at.store.transaction(() => at.store.decideDueReviews({ rules, reviewsMax, nowMs: atMs }));

describe('a review', () => {
  it('is opened once, however often it is asked, and again after it was decided', () => {
    expect([open(), open(), open({ documentId: 'd2' }), open({ attemptRef: 4 })]).toEqual([1, 1, 2, 3]);
    decide(1, 'approve');
    expect(open()).toBe(4);
  });

  it('is told to the merchant’s systems once, when it is opened', () => {
    at.store.transaction(() =>
      at.store.createEndpoint(
        { url: 'https://shop.example/hook', types: ['review.opened'], note: '', secret: 's' },
        byKey('ann'),
      ),
    );
    open();
    open();
    const all = { endpoint: null, state: null, cursor: null, limit: 9 };
    expect(at.store.deliveries(all).items).toMatchObject([{ type: 'review.opened', about: 'review 1' }]);
  });

  it('is carried out once, by what it is about', () => {
    open({ attemptRef: 9 });
    expect(decide(1, 'approve')).toMatchObject({ kind: 'decided', review: { state: 'decided' } });
    expect(decide(1, 'decline')).toMatchObject({ kind: 'decided_already', decision: 'approve' });
    expect(at.decided).toMatchObject([
      {
        number: 1,
        kind: 'in_review',
        applianceRef: 1,
        documentId: 'd1',
        attemptRef: 9,
        decision: 'approve',
        note,
      },
    ]);
    expect(decide(7, 'approve')).toEqual({ kind: 'review_unknown' });
  });

  it('is not decided when what follows cannot be done', () => {
    open();
    trouble = new Error('the books are closed');
    expect(() => decide(1, 'approve')).toThrow('the books are closed');
    expect(at.store.review(1)).toMatchObject({ state: 'open', events: [{ kind: 'opened' }] });
    const { items } = at.store.auditRecords({ action: null, about: 'review 1', cursor: null, limit: 9 });
    expect(items).toEqual([]);
  });

  it('above the limit waits for a second person, and remembers both', () => {
    open({ amountMinor: 501 });
    expect(decide(1, 'approve').kind).toBe('proposed');
    expect(at.decided).toEqual([]);
    expect(decide(1, 'approve').kind).toBe('second_person_needed');
    expect(decide(1, 'approve', byKey('bob')).kind).toBe('decided');
    expect(
      at.store.review(1)?.events.map(({ kind, actor }) => [kind, 'name' in actor ? actor.name : null]),
    ).toEqual([
      ['opened', null],
      ['proposed', 'ann'],
      ['decided', 'bob'],
    ]);
    const { items } = at.store.auditRecords({ action: null, about: 'review 1', cursor: null, limit: 9 });
    expect(items.map(({ action }) => action)).toEqual(['review.decide', 'review.propose']);
  });

  it('has its time again after a question and after its answer', () => {
    open();
    const speak = (kind: 'asked' | 'answered', atMs: number) =>
      at.store.transaction(() => at.store.speakOfReview({ number: 1, kind, note }, byKey('ann', atMs)));
    expect(speak('asked', nowMs + 20 * hourMs).kind).toBe('spoken');
    expect(due(nowMs + 24 * hourMs)).toEqual({ decided: 0, escalated: 0 });
    speak('answered', nowMs + 30 * hourMs);
    expect(due(nowMs + 44 * hourMs)).toEqual({ decided: 0, escalated: 0 });
    expect(due(nowMs + 54 * hourMs)).toEqual({ decided: 1, escalated: 0 });
    expect(speak('asked', nowMs + 55 * hourMs).kind).toBe('decided_already');
  });

  it('is declined in time by the rule, or stays and is escalated once', () => {
    open();
    open({ kind: 'unknown_attempt' });
    expect(due(nowMs + 24 * hourMs - 1)).toEqual({ decided: 0, escalated: 0 });
    expect(due(nowMs + 100 * hourMs)).toEqual({ decided: 1, escalated: 1 });
    expect(due(nowMs + 900 * hourMs)).toEqual({ decided: 0, escalated: 0 });
    expect(at.decided).toMatchObject([
      { number: 1, decision: 'decline', by: { actor: { kind: 'central' } } },
    ]);
    expect(at.store.review(2)).toMatchObject({ state: 'open', escalatedMs: nowMs + 100 * hourMs });
    expect(decide(2, 'try_again').kind).toBe('decided');
  });

  it('is declined a bounded number at a time', () => {
    for (let i = 0; i < 5; i++) open({ documentId: `d${i}` });
    expect(due(nowMs + 24 * hourMs, 3)).toEqual({ decided: 3, escalated: 0 });
    expect(due(nowMs + 24 * hourMs, 3)).toEqual({ decided: 2, escalated: 0 });
  });

  it('is found by its state, kind and appliance, page by page', () => {
    open();
    open({ kind: 'fraud' });
    open({ documentId: 'd2' });
    decide(1, 'approve');
    const all = { state: null, kind: null, applianceId: null, cursor: null, limit: 9 };
    const numbers = (filter: object) =>
      at.store.reviews({ ...all, ...filter }).items.map(({ number }) => number);
    expect(numbers({})).toEqual([1, 2, 3]);
    expect(numbers({ state: 'waiting' })).toEqual([2, 3]);
    expect(numbers({ state: 'decided' })).toEqual([1]);
    expect(numbers({ kind: 'fraud' })).toEqual([2]);
    expect(numbers({ applianceId: 'box-2' })).toEqual([]);
    expect(at.store.reviews({ ...all, limit: 2 }).nextCursor).toBe(2);
    expect(numbers({ cursor: 2, limit: 2 })).toEqual([3]);
  });

  it.each([
    "UPDATE review SET decision = 'decline' WHERE number = 1",
    'DELETE FROM review',
    "UPDATE review_event SET note = ''",
    'DELETE FROM review_event',
  ])('refuses %s', (sql) => {
    open();
    decide(1, 'approve');
    const db = new Database(path);
    expect(() => db.exec(sql)).toThrow(/never|once/);
    db.close();
  });
});
