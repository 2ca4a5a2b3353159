// The rule on the real facts of the store: quotes that write nothing, and each limit that needs a projection, a time or a
// feed item to bite.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { Checkout } from '../../contract/checkout.ts';
import { Entry } from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import type { PolicyInput } from '../../contract/policy.ts';
import { Quote, type QuoteRequest } from '../../contract/quote.ts';
import type { AcceptAnswer } from './commands.ts';
import {
  firstFeed,
  pennies,
  policyItem,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let shop: TemporaryStore;
afterEach(() => shop.remove());

const open = (changes: Partial<PolicyInput> = {}, ...items: FeedItem[]) => {
  shop = temporaryStore([policyItem(1, changes), ...firstFeed.slice(1), ...items]);
};
const ask = (changes: Partial<QuoteRequest> = {}, kiosk: string | null = null): Quote => {
  const { payment: _, totalMinor: __, ...rest } = pennies(10);
  const answer = shop.ask('quote', { asked: { ...rest, ...changes }, kiosk });
  if (answer.kind !== 'quoted') throw new Error(answer.code);
  return answer.quote;
};
let documents = 0;
const sell = (totalMinor: number, changes: Partial<Checkout> = {}, kiosk: string | null = null): string[] => {
  const command = { ...submit.checkout(++documents, pennies(totalMinor, changes)), kiosk };
  const [answer] = shop.execute(command) as AcceptAnswer[];
  if (answer?.kind !== 'answered') throw new Error(answer?.kind);
  // Why the appliance decides alone is no judgement of the rule.
  return answer.answer.reasons
    .map(({ code }) => code)
    .filter((code) => code !== 'link_down' && code !== 'offline_by_mode');
};
const card = (fingerprint: string): Partial<Checkout> => ({
  payment: { token: 't', fingerprint, scheme: 'visa', last4: '4242' },
});
const lastEntry = () => {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const body = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq DESC LIMIT 1').pluck().get();
  db.close();
  return Entry.parse(JSON.parse(String(body)));
};
const link = (kind: 'online' | 'offline') => shop.ask('link', { link: { kind, sinceMs: 0 }, conditions: [] });

describe('a quote', () => {
  it('prices every line and says what is left, without a total or a card', () => {
    open({}, { kind: 'stock', changes: [{ sku: 'penny', change: 'set', quantity: 40 }] });
    const quote = ask({
      lines: [
        { sku: 'penny', quantity: 10 },
        { gtin: '4006381333931', quantity: 2 },
      ],
    });
    expect(Quote.parse(quote)).toEqual({
      verdict: 'approved_offline',
      reasons: [],
      offlineOnly: [],
      cardChecked: false,
      currency: 'GBP',
      totalMinor: 408,
      lines: [
        {
          sku: 'penny',
          name: 'A penny sweet',
          quantity: 10,
          price: { priceMinor: 1, baseQuantity: 1 },
          totalMinor: 10,
          left: 40,
        },
        {
          sku: 'pencil',
          name: 'A pencil',
          quantity: 2,
          price: { priceMinor: 199, baseQuantity: 1 },
          totalMinor: 398,
          left: null,
        },
      ],
      taxes: [],
      catalogueVersion: 1,
      policyVersion: 1,
    });
  });

  it('keeps the place of a line that has no price', () => {
    open();
    const quote = ask({
      lines: [
        { sku: 'gone', quantity: 1 },
        { sku: 'penny', quantity: 1 },
      ],
    });
    expect(quote).toMatchObject({ verdict: 'refused', totalMinor: null, lines: [null, { sku: 'penny' }] });
  });

  it('tells apart what holds only while central cannot be asked', () => {
    open({ exposure: { totalMinorMax: 5 } });
    expect(ask({ currency: 'EUR' })).toMatchObject({
      reasons: [{ code: 'currency_not_accepted' }, { code: 'exposure_limit_reached' }],
      offlineOnly: [{ code: 'exposure_limit_reached' }],
    });
  });

  it('looks at the card where one is given', () => {
    open({}, { kind: 'hot_list', fingerprint: 'f1', change: 'add' });
    expect(ask()).toMatchObject({ cardChecked: false, reasons: [] });
    expect(ask({ payment: pennies(1).payment })).toMatchObject({
      cardChecked: true,
      reasons: [{ code: 'card_not_taken' }],
    });
  });

  it('writes nothing: no row, no page, no time', () => {
    open();
    sell(1);
    const file = () =>
      [join(shop.folder, 'journal.db'), join(shop.folder, 'journal.db-wal')].map((path) => statSync(path));
    const before = file();
    for (let i = 0; i < 50; i++) {
      shop.clock.advance(10_000);
      ask({ payment: pennies(1).payment });
    }
    expect(file().map(({ size, mtimeMs }) => [size, mtimeMs])).toEqual(
      before.map(({ size, mtimeMs }) => [size, mtimeMs]),
    );
    expect(shop.ask('status', {}).journal.lastSeq).toBe(1);
  });

  it('waits for a catalogue and a policy, each by its name', () => {
    shop = temporaryStore([]);
    expect(shop.ask('quote', { asked: pennies(1) })).toEqual({
      kind: 'unaccepted',
      code: 'catalogue_missing',
    });
    shop.feed(...firstFeed.slice(1));
    expect(shop.ask('quote', { asked: pennies(1) })).toEqual({ kind: 'unaccepted', code: 'policy_missing' });
  });
});

describe('a card', () => {
  it('is counted over every window, to the moment, and by no clock that can be set', () => {
    open({ risk: { velocity: [{ per: 'fingerprint', windowMinutes: 60, countMax: 2 }] } });
    expect([sell(1), sell(1), sell(1)]).toEqual([[], [], ['velocity_fingerprint_reached']]);
    expect(sell(1, card('other'))).toEqual([]);
    for (const wallMs of [0, shop.clock.wallMs() + 365 * 24 * hourMs, 0]) {
      shop.clock.setWall(wallMs);
      expect(sell(1)).toEqual(['velocity_fingerprint_reached']);
    }
    shop.clock.advance(hourMs - 1);
    expect(sell(1)).toEqual(['velocity_fingerprint_reached']);
    shop.clock.advance(1);
    expect([sell(1), sell(1), sell(1)]).toEqual([[], [], ['velocity_fingerprint_reached']]);
  });

  it('that splits a sale is seen to, until the window has passed', () => {
    open({ risk: { floorMinor: 100, splitWindowMinutes: 10 } });
    expect([sell(60), sell(40), sell(39), sell(100)]).toEqual([
      [],
      ['split_above_floor_limit'],
      [],
      ['above_floor_limit'],
    ]);
    shop.clock.advance(10 * minuteMs);
    expect(sell(99)).toEqual([]);
  });

  it('is new until it was approved once, and again when that was voided', () => {
    open({ risk: { newFingerprintMinorMax: 10 } });
    expect([sell(11), sell(10), sell(11)]).toEqual([['new_card_above_limit'], [], []]);
    expect(sell(10, card('other'))).toEqual([]);
    shop.execute(submit.void(5000, uuid(documents)));
    expect(sell(11, card('other'))).toEqual(['new_card_above_limit']);
  });

  it('on the hot list is refused, link or no link, until it is taken off', () => {
    open({}, { kind: 'hot_list', fingerprint: 'f1', change: 'add' });
    expect(sell(1)).toEqual(['card_not_taken']);
    shop.reopen();
    expect(sell(1)).toEqual(['card_not_taken']);
    shop.feed({ kind: 'hot_list', fingerprint: 'f1', change: 'remove' });
    expect(sell(1)).toEqual([]);
  });
});

describe('a kiosk', () => {
  it('is counted by its name, which stands in the entry; those without one count together', () => {
    open({ risk: { velocity: [{ per: 'kiosk', windowMinutes: 60, totalMinorMax: 10 }] } });
    expect([sell(10, {}, 'till-1'), sell(1, {}, 'till-1')]).toEqual([[], ['velocity_kiosk_reached']]);
    expect(lastEntry()).toMatchObject({ kiosk: 'till-1' });
    expect([sell(10, {}, 'till-2'), sell(10), sell(1)]).toEqual([[], [], ['velocity_kiosk_reached']]);
    expect(lastEntry()).not.toHaveProperty('kiosk');
  });
});

describe('a site', () => {
  it('alone for longer than it may sells no more, until the link was up again', () => {
    open({ offline: { hoursMax: 2 } });
    link('online');
    shop.clock.advance(5 * hourMs);
    expect(sell(1)).toEqual([]);
    link('offline');
    shop.clock.advance(2 * hourMs);
    expect(sell(1)).toEqual([]);
    shop.clock.advance(1);
    expect(sell(1)).toEqual(['offline_too_long']);
    shop.clock.setWall(0);
    shop.reopen();
    expect(sell(1)).toEqual(['offline_too_long']);
    link('online');
    link('offline');
    expect(sell(1)).toEqual([]);
  });

  it('goes by a policy and a catalogue that were last known to be the newest not too long ago', () => {
    open({ offline: { policyAgeHoursMax: 2, catalogueAgeHoursMax: 1 } });
    shop.clock.advance(hourMs + 1);
    expect(sell(1)).toEqual(['catalogue_too_old']);
    shop.clock.advance(hourMs);
    expect(sell(1)).toEqual(['policy_too_old', 'catalogue_too_old']);
    link('online');
    expect(sell(1)).toEqual([]);
    // A newer catalogue is known of, so the one in force ages though the link is up.
    shop.feed({
      kind: 'catalogue_delta',
      base: 8,
      version: 9,
      piece: 1,
      pieces: 1,
      products: [],
      removed: [],
    });
    // Central may decide all the same, so it is asked.
    expect(ask({ totalMinor: 10 }).offlineOnly.map(({ code }) => code)).toEqual(['catalogue_too_old']);
    expect(() => sell(1)).toThrow('pending');
    link('offline');
    expect(sell(1)).toEqual(['catalogue_too_old']);
  });

  it('is closed outside its hours as far as it knows the time', () => {
    const period = {
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const,
      from: '08:00',
      until: '20:00',
    };
    const wishOpen = () => shop.ask('releaseWish', {}).open;
    open({ openingHours: { timeZone: 'UTC', periods: [{ ...period, days: [...period.days] }] } });
    // Whoever does not know the time does not know that the shop is shut either.
    expect(wishOpen()).toBe(true);
    const hear = (iso: string) =>
      shop.ask('centralTime', {
        aheadOfMonotonicMs: Date.parse(iso) - shop.clock.monotonicMs(),
        uncertaintyMs: 1,
      });
    expect(sell(1)).toEqual([]);
    hear('2026-11-24T07:59:59Z');
    expect(sell(1)).toEqual(['outside_opening_hours']);
    expect(wishOpen()).toBe(false);
    shop.clock.advance(1000);
    expect(sell(1)).toEqual([]);
    expect(wishOpen()).toBe(true);
    shop.clock.setWall(0);
    expect(sell(1)).toEqual([]);
    shop.feed(policyItem(9, {}));
    expect(wishOpen()).toBeNull();
  });

  it('sends the same checkouts to central however often it is asked, and others than another site', () => {
    const random = { shareBasisPoints: 5000, biasedAboveMinor: 50, shareBasisPointsMax: 5000 };
    const drawn = () => {
      link('online');
      const ids = Array.from({ length: 40 }, (_, i) => 101 + i);
      return shop
        .execute(...ids.map((n) => submit.checkout(n, pennies(1))))
        .map((answer) => (answer as AcceptAnswer).kind);
    };
    open({ risk: { randomOnline: random } });
    const first = drawn();
    shop.reopen();
    expect(drawn()).toEqual(first);
    expect(new Set(first)).toEqual(new Set(['answered', 'pending']));
    shop.remove();
    open({ risk: { randomOnline: random } });
    expect(drawn()).not.toEqual(first);
  });

  it('asks for a look at what is risky but legal, and approves it', () => {
    open({ risk: { review: { totalMinor: 50, deviationBasisPoints: 1000 } } });
    expect(sell(50)).toEqual([]);
    expect(lastEntry()).toMatchObject({ verdict: 'approved_offline', review: ['review_amount'] });
    const priceOverride = { by: 'anna', reason: 'dented' };
    const price = { priceMinor: 150, baseQuantity: 1 as const };
    sell(150, { lines: [{ sku: 'pencil', quantity: 1, price, priceOverride }] });
    expect(lastEntry()).toMatchObject({ review: ['review_amount', 'review_price_deviation'] });
    sell(49);
    expect(lastEntry()).not.toHaveProperty('review');
  });

  it('lets the policy say who decides where a checkout does not', () => {
    open({ online: { mode: 'require_online' } });
    const { mode: _, ...silent } = pennies(1);
    const [answer] = shop.execute(submit.checkout(++documents, silent)) as AcceptAnswer[];
    expect(answer).toMatchObject({
      answer: { reasons: [{ code: 'online_required' }, { code: 'link_down' }] },
    });
    expect(sell(1)).toEqual([]);
  });
});
