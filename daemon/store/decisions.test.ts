// The race for a pending checkout: central's word, the kiosk's patience, restarts and the link, in every order. There is
// exactly one decision, and everybody is told the same for ever (I2).
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Entry } from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import { Answer } from '../../contract/kiosk-api.ts';
import type { PolicyInput } from '../../contract/policy.ts';
import { Policy } from '../../contract/policy.ts';
import type { AcceptAnswer } from './commands.ts';
import { pennies, policy, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
  goOnline();
});
afterEach(() => shop.remove());

const goOnline = () =>
  shop.ask('link', { link: { kind: 'online', sinceMs: shop.clock.wallMs() }, conditions: [] });
const goOffline = () =>
  shop.ask('link', { link: { kind: 'offline', sinceMs: shop.clock.wallMs() }, conditions: [] });
const sale = (n: number, totalMinor = 250, mode?: 'require_online' | 'prefer_online') =>
  submit.checkout(n, pennies(totalMinor, { mode: mode ?? 'prefer_online' }));
const accept = (command: Parameters<TemporaryStore['execute']>[0]) =>
  shop.execute(command)[0] as AcceptAnswer;
const late = (n: number) => shop.ask('decideLate', { id: uuid(n) });
const word = (
  n: number,
  outcome: 'authorised' | 'booked' | 'declined' | 'unknown',
  more: object = {},
): FeedItem => ({
  kind: 'outcome',
  id: uuid(n),
  outcome,
  atMs: 1,
  ...more,
});
const exposure = () => shop.ask('status', {}).exposure.totalMinor;
const entries = () => {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all();
  db.close();
  const parsed = bodies.map((body) => Entry.parse(JSON.parse(body.toString())));
  return parsed.filter((entry) => entry.kind !== 'salvage');
};
const answered = (answer: AcceptAnswer): Answer => {
  if (answer.kind !== 'answered') return expect.fail(`not answered: ${JSON.stringify(answer)}`);
  return Answer.parse(answer.answer);
};
const said = (answer: AcceptAnswer) => {
  const { verdict, decidedBy, reasons, slip } = answered(answer);
  return { verdict, decidedBy, reasons: reasons.map(({ code }) => code), slip };
};
const setPolicy = (changes: Partial<PolicyInput>) =>
  shop.feed({ kind: 'policy', version: 2, policy: Policy.parse({ ...policy, ...changes }) });

describe('a pending checkout', () => {
  it('is authorised by central’s word, which a late kiosk finds too', () => {
    expect(accept(sale(1))).toEqual({ kind: 'pending', waitMs: 4000 });
    expect(exposure()).toBe(250);
    shop.feed(word(1, 'authorised'));
    const authorised = { verdict: 'authorised', decidedBy: 'central', reasons: [], slip: 1 };
    expect(said(late(1))).toEqual(authorised);
    expect(said(accept(sale(1)))).toEqual(authorised);
    expect(exposure()).toBe(0);
    expect(entries().map((entry) => `${entry.kind} ${'verdict' in entry && entry.verdict}`)).toEqual([
      'checkout pending',
      'decision authorised',
    ]);
  });

  it('is declined with the code and without a slip', () => {
    accept(sale(1));
    shop.feed(word(1, 'declined', { declineCode: 'no_funds' }));
    expect(answered(late(1))).toMatchObject({
      verdict: 'declined',
      decidedBy: 'central',
      declineCode: 'no_funds',
    });
    expect(said(late(1)).slip).toBeUndefined();
    expect(exposure()).toBe(0);
  });

  it('is approved offline when central is late; its word then ends the exposure and changes no answer', () => {
    accept(sale(1));
    const approved = {
      verdict: 'approved_offline',
      decidedBy: 'appliance',
      reasons: ['central_late'],
      slip: 1,
    };
    expect(said(late(1))).toEqual(approved);
    expect(exposure()).toBe(250);
    shop.feed(word(1, 'authorised'));
    expect(exposure()).toBe(0);
    expect(said(accept(sale(1)))).toEqual(approved);
    expect(shop.ask('document', { id: uuid(1) })).toMatchObject({
      ...answered(accept(sale(1))),
      outcome: { kind: 'authorised' },
    });
    expect(entries()).toHaveLength(2);
  });

  it('is settled by whichever comes first within one batch', () => {
    accept(sale(1));
    accept(sale(2));
    const { appliedThrough, feedId } = shop.ask('position', {});
    const feed = {
      kind: 'feed' as const,
      feedId: feedId ?? '',
      firstPosition: appliedThrough + 1,
      items: [word(1, 'authorised'), word(2, 'authorised')],
    };
    const [first, , second] = shop.execute({ kind: 'decideLate', id: uuid(1) }, feed, {
      kind: 'decideLate',
      id: uuid(2),
    }) as AcceptAnswer[];
    expect([first, second].map((answer) => answer && said(answer).verdict)).toEqual([
      'approved_offline',
      'authorised',
    ]);
  });

  it('says that the link went down while it waited, and since when', () => {
    accept(sale(1));
    shop.clock.advance(700);
    goOffline();
    const sinceMs = shop.clock.wallMs();
    shop.clock.advance(3000);
    expect(answered(late(1))).toMatchObject({ offlineSinceMs: sinceMs, reasons: [{ code: 'link_down' }] });
  });

  it('that nobody can say anything about is the appliance’s to decide', () => {
    accept(sale(1));
    shop.feed(word(1, 'unknown'));
    expect(exposure()).toBe(250);
    expect(accept(sale(1)).kind).toBe('pending');
    expect(said(late(1)).verdict).toBe('approved_offline');
    expect(exposure()).toBe(250);
  });

  it('is refused when late by the policy or by its own wish, and gives its exposure back', () => {
    accept(sale(1, 250, 'require_online'));
    expect(exposure()).toBe(0);
    const refused = {
      verdict: 'refused',
      decidedBy: 'appliance',
      reasons: ['online_required', 'central_late'],
    };
    expect(said(late(1))).toMatchObject(refused);
    setPolicy({ online: { late: 'refuse' } });
    accept(sale(2));
    expect(said(late(2))).toMatchObject(refused);
    expect(exposure()).toBe(0);
  });

  it('answers a repeat with the rest of the wait, and other bytes with a conflict', () => {
    accept(sale(1));
    shop.clock.advance(1500);
    expect(accept(sale(1))).toEqual({ kind: 'pending', waitMs: 2500 });
    expect(accept(sale(1, 251))).toEqual({ kind: 'unaccepted', code: 'idempotency_conflict' });
    shop.clock.advance(60_000);
    expect(accept(sale(1))).toEqual({ kind: 'pending', waitMs: 0 });
    expect(entries()).toHaveLength(1);
  });

  it('is found by a repeat after a restart, and decided once', () => {
    accept(sale(1));
    shop.reopen();
    expect(accept(sale(1)).kind).toBe('pending');
    expect(said(late(1))).toMatchObject({ verdict: 'approved_offline', reasons: ['link_down'], slip: 1 });
    shop.reopen();
    expect(said(accept(sale(1)))).toMatchObject({ verdict: 'approved_offline', slip: 1 });
    expect(entries()).toHaveLength(2);
  });

  it('that nobody asks for again is refused after a bounded time, also after a restart', () => {
    accept(sale(1));
    accept(sale(2));
    late(2);
    shop.clock.advance(89_000);
    shop.ask('abandon', {});
    expect(entries()).toHaveLength(3);
    shop.reopen();
    shop.clock.advance(1000);
    expect(shop.ask('abandon', {})).toEqual({ more: false });
    expect(said(accept(sale(1)))).toEqual({
      verdict: 'refused',
      decidedBy: 'appliance',
      reasons: ['online_required', 'not_waited_for'],
    });
    expect(exposure()).toBe(250);
  });

  it('keeps room for itself: what may be approved offline never exceeds the limit (I12)', () => {
    setPolicy({ exposure: { totalMinorMax: 400 } });
    accept(sale(1));
    accept(sale(2));
    expect(exposure()).toBe(250);
    expect(said(late(1)).verdict).toBe('approved_offline');
    expect(said(late(2))).toMatchObject({
      verdict: 'refused',
      reasons: ['exposure_limit_reached', 'online_required', 'central_late'],
    });
  });

  it('can be voided once it is authorised, and not before', () => {
    accept(sale(1));
    expect(said(accept(submit.void(2, uuid(1)))).verdict).toBe('refused');
    shop.feed(word(1, 'authorised'));
    expect(said(accept(submit.void(3, uuid(1)))).verdict).toBe('approved_offline');
  });

  it('counts once in the tallies and the pages', () => {
    accept(sale(1));
    shop.feed(word(1, 'authorised'));
    expect(shop.ask('status', {}).verdicts).toMatchObject({
      'checkout authorised': 1,
      'checkout pending': 0,
    });
    expect(shop.ask('page', { beforeSeq: null, itemsMax: 9 }).items).toHaveLength(1);
  });
});

describe('a checkout that is not asked for', () => {
  it('says that the site has no link', () => {
    goOffline();
    expect(said(accept(sale(1)))).toMatchObject({ verdict: 'approved_offline', reasons: ['link_down'] });
    expect(said(accept(sale(2, 5, 'require_online')))).toMatchObject({
      verdict: 'refused',
      reasons: ['online_required', 'link_down'],
    });
  });

  it('says that central is still catching up', () => {
    for (let n = 0; n < 5; n++) {
      shop.execute(...Array.from({ length: 401 }, (_, i) => submit.checkout(1000 + n * 401 + i, pennies(1))));
    }
    expect(said(accept(sale(1)))).toMatchObject({
      verdict: 'approved_offline',
      reasons: ['link_catching_up'],
    });
    const { journalId, lastSeq, lastHash } = shop.ask('position', {});
    shop.ask('received', { journalId, receivedThrough: lastSeq, hash: lastHash });
    // Received, and still to be booked before this one.
    expect(said(accept(sale(2))).reasons).toEqual(['link_catching_up']);
    for (let n = 0; n < 5; n++) {
      shop.feed(...Array.from({ length: 401 }, (_, i) => word(1000 + n * 401 + i, 'booked')));
    }
    expect(accept(sale(3)).kind).toBe('pending');
  });

  it('is refused at once for what central could not change either', () => {
    const unknown = submit.checkout(
      1,
      pennies(5, { lines: [{ sku: 'nothing', quantity: 1 }], mode: 'prefer_online' }),
    );
    expect(said(accept(unknown))).toMatchObject({ verdict: 'refused', reasons: ['product_unknown'] });
  });
});

describe('the events', () => {
  it('go on after any cursor without a gap: documents, decisions, outcomes', () => {
    accept(sale(1));
    shop.feed(word(1, 'authorised'));
    accept(submit.checkout(2, pennies(7)));
    const all = shop.ask('events', { seq: 0, outcome: 0, itemsMax: 10 });
    expect(all.events.map(({ kind }) => kind)).toEqual(['document', 'decision', 'document', 'outcome']);
    for (let at = 0; at < all.events.length; at++) {
      const { after } = all.events[at] ?? expect.fail();
      expect(shop.ask('events', { ...after, itemsMax: 10 }).events).toEqual(all.events.slice(at + 1));
    }
    shop.reopen();
    expect(shop.ask('events', { seq: 0, outcome: 0, itemsMax: 10 })).toEqual(all);
    expect(all.head).toEqual(all.events.at(-1)?.after);
  });
});
