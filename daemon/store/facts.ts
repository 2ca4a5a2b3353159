// What the rule must know of a checkout, read from the projections: indexed look-ups, never a scan.
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Checkout } from '../../contract/checkout.ts';
import { limits } from '../../contract/limits.ts';
import type { Policy } from '../../contract/policy.ts';
import { present } from '../../kit/assert.ts';
import type { Asked, CheckoutFacts } from '../checkout/decide.ts';
import type { Goods } from '../checkout/goods.ts';
import type { Used } from '../checkout/risk.ts';
import type { Catalogue } from './catalogue.ts';
import type { HotList } from './hot-list.ts';
import type { PolicyInForce } from './policy.ts';
import type { Positions } from './positions.ts';
import { cardKey, kioskKey, type RiskTotals } from './risk-totals.ts';
import type { SiteTime } from './site-time.ts';
import type { Stock } from './stock.ts';

export interface FactsParts {
  catalogue: Catalogue;
  positions: Positions;
  stock: Stock;
  hotList: HotList;
  riskTotals: RiskTotals;
  siteTime: SiteTime;
}

export interface Question {
  /** Of the checkout; null for a question that books nothing, which is never drawn to go online. */
  id: string | null;
  asked: Asked;
  /** Absent: the checks on cards are left out. */
  payment: Checkout['payment'] | undefined;
  kiosk: string | null | undefined;
}

export type ReadFacts = (question: Question, inForce: PolicyInForce) => CheckoutFacts;

/** A moving window, and what may be approved within it. */
interface Window {
  windowMinutes: number;
  countMax?: number | undefined;
  totalMinorMax?: number | undefined;
}

const minuteMs = 60_000;
const draws = 10_000;

export function createFacts(db: Database, parts: FactsParts): ReadFacts {
  const { catalogue, positions, stock, hotList, riskTotals, siteTime } = parts;
  const seed = present(db.prepare<[], Buffer>('SELECT draw_seed FROM site').pluck().get(), 'the draw seed');
  const secret = seed.toString('hex');

  return ({ id, asked, payment, kiosk }, { policy, hours, appliedMs }) => {
    const now = siteTime.elapsedMs();
    const onlineMs = siteTime.onlineMs();
    const moment = siteTime.best();
    const amountMinor = asked.totalMinor ?? limits.totalMinorMax;
    const card = payment ? cardFacts(payment.fingerprint, policy, amountMinor, now) : null;
    // While the link was up, policy and catalogue were known to be the newest, unless a piece of one is missing.
    // A box that never had a link knows nothing newer than what it was given.
    const knownMs = (since: number) => (onlineMs > 0 ? Math.max(since, onlineMs) : since);
    const policyMs = knownMs(appliedMs);
    const catalogueAppliedMs = catalogue.inForce?.appliedMs ?? 0;
    const catalogueMs = catalogue.missed ? catalogueAppliedMs : knownMs(catalogueAppliedMs);
    const { exposureMinor, exposureCount } = positions.now;
    return {
      goods: asked.lines.map(goodsOf),
      nowMs: moment.ms,
      hours: hours(moment),
      exposure: { count: exposureCount, totalMinor: exposureMinor },
      card: card?.facts ?? null,
      velocity: velocity(policy, card, kiosk, amountMinor, now),
      draw: id === null || !policy.risk.randomOnline ? draws : draw(id),
      offlineMs: now - onlineMs,
      policyAgeMs: now - policyMs,
      catalogueAgeMs: now - catalogueMs,
    };
  };

  function goodsOf(line: Checkout['lines'][number]): Goods {
    const product = catalogue.find(line);
    return { product, available: product && stock.available(product.sku) };
  }

  function cardFacts(fingerprint: string, { risk }: Policy, amountMinor: number, now: number) {
    const key = cardKey(fingerprint);
    const all = riskTotals.all(key);
    const { splitWindowMinutes, floorMinor = 0 } = risk;
    const splitMinor =
      splitWindowMinutes === undefined
        ? 0
        : within(
            all,
            key,
            { windowMinutes: splitWindowMinutes, totalMinorMax: floorMinor - 1 },
            amountMinor,
            now,
          ).totalMinor;
    const known = all !== null && all.count > 0;
    return { key, all, facts: { hot: hotList.has(fingerprint), known, splitMinor } };
  }

  function velocity(
    { risk }: Policy,
    card: { key: string; all: Used | null } | null,
    kiosk: string | null | undefined,
    amountMinor: number,
    now: number,
  ): Used[] {
    if (risk.velocity.length === 0) return [];
    const ofKiosk = kioskKey(kiosk);
    let kioskAll: Used | null | undefined;
    return risk.velocity.map((rule) => {
      if (rule.per === 'fingerprint') {
        return within(card?.all ?? null, card?.key ?? '', rule, amountMinor, now);
      }
      kioskAll = kioskAll === undefined ? riskTotals.all(ofKiosk) : kioskAll;
      return within(kioskAll, ofKiosk, rule, amountMinor, now);
    });
  }

  /**
   * What a moving window holds: everything after its first moment. Where all that was ever approved is within the limits,
   * so is every window, and all stands for it.
   */
  function within(
    all: Used | null,
    key: string,
    { windowMinutes, countMax = Infinity, totalMinorMax = Infinity }: Window,
    amountMinor: number,
    now: number,
  ): Used {
    if (all && all.count < countMax && all.totalMinor + amountMinor <= totalMinorMax) return all;
    return riskTotals.after(key, now - windowMinutes * minuteMs);
  }

  /** The same for the same checkout, and not to be foreseen without the secret. */
  function draw(id: string): number {
    return hash('sha256', `${secret} ${id}`, 'buffer').readUInt32BE(0) % draws;
  }
}
