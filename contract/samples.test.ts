// The golden samples: one of each thing on the wire. Both programs' tests read them; here each schema takes its own,
// whole and unchanged, and refuses every bent form of it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Checkout, Fulfilment, LinkedRefund, refundSchema, UnlinkedRefund, Void } from './checkout.ts';
import {
  CheckoutEntry,
  DecisionEntry,
  Entry,
  FulfilmentEntry,
  RefundEntry,
  SalvageEntry,
  SyntheticEntry,
  VoidEntry,
} from './entry.ts';
import { FeedItem } from './feed.ts';
import { HealthHeader, HealthReport } from './health.ts';
import { Answer, DocumentPage, DocumentView, Flags, Problem, Status } from './kiosk-api.ts';
import { limits } from './limits.ts';
import { lineTotalMinor } from './money.ts';
import { Pairing, PairingRequest } from './pairing.ts';
import { Policy } from './policy.ts';
import { Quote, QuoteRequest } from './quote.ts';
import { Slip } from './slip.ts';
import { Applied, Bye, EntriesHeader, FeedHeader, Gone, Hello, Receipt, Welcome } from './sync.ts';
import { SyntheticResult } from './synthetic.ts';
import { PairingOffer, PairingWish, SignIn, TechnicianSession, TechnicianView } from './technician-api.ts';

const folder = join(import.meta.dirname, 'samples');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** What is sent to us: strict, so that a field nobody knows is an error and not a silent loss. */
const strict: Record<string, z.ZodType> = {
  checkout: Checkout,
  void: Void,
  'refund-linked': LinkedRefund,
  'refund-in-full': LinkedRefund,
  'refund-by-line': LinkedRefund,
  'refund-unlinked': UnlinkedRefund,
  fulfilment: Fulfilment,
  'fulfilment-abandoned': Fulfilment,
  'entry-checkout': CheckoutEntry,
  'entry-checkout-refused': CheckoutEntry,
  'entry-void': VoidEntry,
  'entry-decision': DecisionEntry,
  'entry-refund-linked': RefundEntry,
  'entry-refund-by-line': RefundEntry,
  'entry-refund-unlinked': RefundEntry,
  'entry-fulfilment': FulfilmentEntry,
  'entry-salvage': SalvageEntry,
  'entry-synthetic': SyntheticEntry,
  hello: Hello,
  welcome: Welcome,
  refusal: Welcome,
  receipt: Receipt,
  'entries-header': EntriesHeader,
  'feed-header': FeedHeader,
  'feed-items': z.array(FeedItem),
  applied: Applied,
  bye: Bye,
  gone: Gone,
  'health-header': HealthHeader,
  'pairing-request': PairingRequest,
  'quote-request': QuoteRequest,
  'sign-in': SignIn,
  'pairing-wish': PairingWish,
};
/** What kiosks read: open, so that an older kiosk can read a newer answer. */
const open: Record<string, z.ZodType> = {
  answer: Answer,
  'answer-fulfilment': Answer,
  'answer-refund-by-line': Answer,
  document: DocumentView,
  'document-page': DocumentPage,
  quote: Quote,
  slip: Slip,
  problem: Problem,
  status: Status,
  flags: Flags,
  pairing: Pairing,
  'pairing-offer': PairingOffer,
  'technician-session': TechnicianSession,
  'technician-view': TechnicianView,
  'health-report': HealthReport,
  'synthetic-result': SyntheticResult,
};
/** What a policy cannot do without. */
const minimalPolicy = {
  currency: 'GBP',
  checkout: { totalMinorMax: 100 },
  exposure: { totalMinorMax: 1000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
};
/** By name, wherever they stand; that they may be absent is shown by the samples without them. */
const optionalAtTheDoor = new Set(
  (
    'slip judged central reference price priceOverride sku gtin quantityMax sellable baseQuantity mode line left declineCode ' +
    'discount ageAttestation name from discountMinor tax taxes review goods kiosk traceId ' +
    'codes priceFromMs priceUntilMs offers quantityMin fromMs untilMs taxCategory ageMin lowWater'
  ).split(' '),
);
/** A policy's parts that have a default or are no limit where they are absent; named whole, for some names stand twice. */
const optionalInPolicy =
  /^(online|offline|tax|stock|risk|flags|openingHours)$|^(online|offline|tax|stock)\.\w+$|^tax\.rates\.|^risk\.(floorMinor|randomOnline|velocity|splitWindowMinutes|newFingerprintMinorMax|review)$|^risk\.review\.|^exposure\.(countMax|checkoutMinorMax)$|^priceOverride\.deviationBasisPointsMax$|^discount\.|^openingHours\.untrustedClock$|^flags\.|(countMax|totalMinorMax)$/;
const inPolicy = (path: Path) => path.slice(path.indexOf('policy') + 1).join('.');
const optionalInAnswers = new Set(
  'slip line left checkoutId currency totalMinor givenBack fulfilment step refund detail requestId errors'.split(
    ' ',
  ),
);
/** In a quote a line is as it was judged, and its reason may say what is left. */
const optionalInQuotes = new Set('line left name tax baseQuantity'.split(' '));
/** On a slip also what the customer need not know of every sale. */
const optionalOnSlips = new Set('slipYear offlineSinceMs sku tax baseQuantity payment'.split(' '));
/** A linked refund is of an amount, of lines or of all that is left; refused, it may not know its money. */
const optionalInLinkedRefunds = new Set(
  'lines currency totalMinor slip slipYear central fulfilmentId'.split(' '),
);
const optionalIn = (name: string) => {
  if (/refund-(linked|by-line|in-full)$/.test(name) && !(name in open)) return optionalInLinkedRefunds;
  if (name === 'entry-fulfilment') return new Set(['refund', 'central']);
  if (name === 'entry-salvage') return new Set(['fromJournalId', 'slipsSkipped', 'year', 'central']);
  if (name === 'technician-view') return new Set(['hint']);
  if (name === 'slip') return optionalOnSlips;
  if (name === 'health-report') return new Set(['central', 'synthetic', 'configuration']);
  if (name === 'quote') return optionalInQuotes;
  return name in open ? optionalInAnswers : optionalAtTheDoor;
};
const schemas = Object.entries({ ...strict, ...open });

describe('the golden samples', () => {
  it('are all here, and each has its schema', () => {
    const names = readdirSync(folder).map((file) => file.replace('.json', ''));
    expect(names.sort()).toEqual([...schemas.map(([name]) => name), 'chain'].sort());
  });

  it.each(schemas)('%s is taken whole, nothing added and nothing lost', (name, schema) => {
    expect(schema.parse(read(name))).toEqual(read(name));
  });

  it.each(Object.entries(strict))('%s with a field nobody knows is refused, at any depth', (name, schema) => {
    // Names of tax categories are the policy's own, and a configuration may name what a release does not know.
    const closed = [...objectsOf(read(name))].filter(
      (path) => !['rates', 'values'].includes(String(path.at(-1))),
    );
    const bent = closed.map((path) =>
      changed(read(name), path, (value) => ({ ...(value as object), surprise: 1 })),
    );
    expect(bent.length).toBeGreaterThan(0);
    expect(bent.filter((value) => schema.safeParse(value).success)).toEqual([]);
  });

  it.each(schemas)('%s is refused without any one of its required fields', (name, schema) => {
    const optional = optionalIn(name);
    const bent = [...fieldsOf(read(name))]
      .filter((path) => !optional.has(String(path.at(-1))) && !path.includes('verdicts'))
      // A policy may name any flags, and a configuration any keys.
      .filter((path) => !['flags', 'values'].includes(String(path.at(-2))))
      .filter((path) => !path.includes('policy') || !optionalInPolicy.test(inPolicy(path)))
      .map((path) => without(read(name), path));
    expect(bent.filter((value) => schema.safeParse(value).success)).toEqual([]);
  });

  it.each(schemas)(
    '%s is refused with an integer that is fractional, a text or beyond 2^53',
    (name, schema) => {
      const bent = [...integersOf(read(name))].flatMap((path) =>
        [0.5, 2 ** 53, '1', null, true].map((value) => changed(read(name), path, () => value)),
      );
      const nullable = bent.filter((value) => schema.safeParse(value).success);
      expect(
        nullable
          .map((value) => JSON.stringify(value))
          .filter(
            (text) =>
              !/"(limitMinor|moneyLeftMinor|ageMs|certificateEndsMs|oldestMs|lastSeenMs)":null/.test(text),
          )
          // What a machine does not say.
          .filter(
            (text) =>
              !/"(\w+(Free|Total|Written)Bytes|loadPercent|corePermille|temperatureCelsius)":null/.test(text),
          )
          // A hop that was not reached.
          .filter((text) => !/"(durable|sent|received|booked|applied)Ms":null/.test(text))
          // A line without a price has no total, and what nobody counted has nothing left.
          .filter((text) => name !== 'quote' || !/"(totalMinor|left)":null/.test(text)),
      ).toEqual([]);
    },
  );

  it.each(schemas)('%s is refused with a negative amount, count, quantity or position', (name, schema) => {
    // Moments are negative before 1970, where a box may well boot.
    const bent = [...integersOf(read(name))]
      .filter(
        (path) =>
          !/^(wallMs|ms|centralMs|issuedAtMs|atMs|sinceMs|fromMs|untilMs|priceFromMs|priceUntilMs|status|offlineSinceMs|notAfterMs|certificateEndsMs|slipYear|temperatureCelsius|nowMs|oldestMs|lastSeenMs)$/.test(
            String(path.at(-1)),
          ),
      )
      .filter((path) => !(name in open) || path.at(-1) !== 'totalMinor')
      // More may have been promised than was counted.
      .filter((path) => name !== 'quote' || path.at(-1) !== 'left')
      // A certificate that has run out.
      .filter((path) => path.at(-1) !== 'daysLeft')
      // A correction of stock may take away.
      // More may be sold or reserved than a short count found.
      .filter((path) => path.at(-1) !== 'available')
      .filter((path) => !path.includes('changes') || path.at(-1) !== 'quantity')
      .map((path) => changed(read(name), path, () => -1));
    expect(bent.filter((value) => schema.safeParse(value).success)).toEqual([]);
  });

  it.each(Object.entries(strict))('%s is refused as null, a text, a number and a list', (_, schema) => {
    for (const value of [null, 'text', 7, true, undefined, [null]]) {
      expect(schema.safeParse(value).success).toBe(false);
    }
  });

  it('are entries of the union of all entries', () => {
    for (const name of Object.keys(strict).filter((one) => one.startsWith('entry-'))) {
      expect(Entry.parse(read(name))).toEqual(read(name));
    }
  });

  it('agree with each other: totals, digest, hashes', () => {
    const entry = CheckoutEntry.parse(read('entry-checkout'));
    expect(entry.judged?.map((line) => lineTotalMinor(line.price, line.quantity))).toEqual(
      entry.judged?.map((line) => line.totalMinor),
    );
    const paid = entry.judged?.map((line) => line.totalMinor - (line.discountMinor ?? 0)) ?? [];
    expect(paid.reduce((sum, minor) => sum + minor, 0)).toBe(entry.checkout.totalMinor);
    const taxed = paid.filter((_, i) => entry.judged?.[i]?.tax === 0).reduce((sum, minor) => sum + minor, 0);
    expect(entry.taxes?.map((tax) => tax.netMinor + tax.taxMinor)).toEqual([taxed]);
    const items = read('feed-items') as unknown[];
    const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
    expect(FeedHeader.parse(read('feed-header'))).toMatchObject({
      count: items.length,
      digest: createHash('sha256').update(lines).digest('hex'),
    });
  });
});

describe('a checkout at the door', () => {
  const sample = () => Checkout.parse(read('checkout'));
  const withLine = (line: unknown) => ({ ...sample(), lines: [line] });

  it('leaves it to the policy who decides, unless it says so', () => {
    const { mode: _, ...rest } = sample();
    expect(Checkout.parse(rest).mode).toBeUndefined();
    expect(Policy.parse(minimalPolicy).online.mode).toBe('prefer_online');
  });

  it.each([
    ['neither sku nor gtin', { quantity: 1 }, 'lines.0.sku'],
    ['both sku and gtin', { sku: 'a', gtin: '4006381333931', quantity: 1 }, 'lines.0.sku'],
    ['a GTIN with a wrong check digit', { gtin: '4006381333930', quantity: 1 }, 'lines.0.gtin'],
    ['a quantity of nothing', { sku: 'a', quantity: 0 }, 'lines.0.quantity'],
    ['too large a quantity', { sku: 'a', quantity: limits.lineQuantityMax + 1 }, 'lines.0.quantity'],
    ['an empty sku', { sku: '', quantity: 1 }, 'lines.0.sku'],
    ['a control character', { sku: 'a\u0007', quantity: 1 }, 'lines.0.sku'],
    ['a sku that is too long', { sku: 'a'.repeat(limits.skuCharsMax + 1), quantity: 1 }, 'lines.0.sku'],
    [
      'an override without a price',
      { sku: 'a', quantity: 1, priceOverride: { by: 'a', reason: 'b' } },
      'lines.0.price',
    ],
    [
      'a price that is too high',
      { sku: 'a', quantity: 1, price: { priceMinor: 1e9 + 1 } },
      'lines.0.price.priceMinor',
    ],
  ])('with %s is refused, and the field is named', (_, line, path) => {
    const { error } = Checkout.safeParse(withLine(line));
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('has from one to a thousand lines', () => {
    const lines = (count: number) => Array.from({ length: count }, () => ({ sku: 'a', quantity: 1 }));
    expect(Checkout.safeParse({ ...sample(), lines: [] }).success).toBe(false);
    expect(Checkout.safeParse({ ...sample(), lines: lines(limits.linesMax) }).success).toBe(true);
    expect(Checkout.safeParse({ ...sample(), lines: lines(limits.linesMax + 1) }).success).toBe(false);
  });

  it('shows four digits of the card, no more', () => {
    for (const last4 of ['123', '12345', '１２３４', 'abcd', '', 1234]) {
      expect(Checkout.safeParse({ ...sample(), payment: { ...sample().payment, last4 } }).success).toBe(
        false,
      );
    }
  });

  it('cannot carry a prototype', () => {
    const text = JSON.stringify(sample()).replace('{', '{"__proto__":{"totalMinor":1},');
    expect(Checkout.safeParse(JSON.parse(text)).success).toBe(false);
  });
});

describe('a refund at the door', () => {
  it('is linked when it names a checkout, and unlinked when not', () => {
    expect(refundSchema(read('refund-linked'))).toBe(LinkedRefund);
    expect(refundSchema(read('refund-unlinked'))).toBe(UnlinkedRefund);
    for (const body of [null, 'text', 7, []]) expect(refundSchema(body).safeParse(body).success).toBe(false);
  });

  it('names its checkout in the one spelling of a UUID, or central would not find it', () => {
    const id = LinkedRefund.parse(read('refund-linked')).checkoutId;
    const shifted = `${id.slice(0, 9)}${id
      .slice(9, 13)
      .replace(/^(.)(.)/, '$1-$2')
      .slice(0, 4)}${id.slice(13)}`;
    for (const checkoutId of [id.toUpperCase(), id.replaceAll('-', ''), shifted, '-'.repeat(36), ` ${id}`]) {
      expect(LinkedRefund.safeParse({ ...(read('refund-linked') as object), checkoutId }).success).toBe(
        false,
      );
    }
  });

  it('without a checkout gives the price of every line', () => {
    const refund = UnlinkedRefund.parse(read('refund-unlinked'));
    const lines = refund.lines.map(({ price: _, ...line }) => line);
    expect(UnlinkedRefund.safeParse({ ...refund, lines }).success).toBe(false);
  });
});

describe('a policy that contradicts itself', () => {
  const risk = (change: object) => ({ ...minimalPolicy, risk: change });
  const random = { shareBasisPoints: 100, biasedAboveMinor: 50, shareBasisPointsMax: 200 };

  it.each([
    ['risk.randomOnline.shareBasisPointsMax', risk({ randomOnline: { ...random, shareBasisPointsMax: 99 } })],
    ['risk.randomOnline.biasedAboveMinor', risk({ floorMinor: 49, randomOnline: random })],
    ['risk.splitWindowMinutes', risk({ splitWindowMinutes: 10 })],
    ['risk.velocity.0', risk({ velocity: [{ per: 'kiosk', windowMinutes: 10 }] })],
    ['exposure.checkoutMinorMax', { ...minimalPolicy, exposure: { totalMinorMax: 9, checkoutMinorMax: 10 } }],
    [
      'openingHours.periods.0.until',
      {
        ...minimalPolicy,
        openingHours: { timeZone: 'UTC', periods: [{ days: ['mon'], from: '08:00', until: '08:00' }] },
      },
    ],
    [
      'openingHours.timeZone',
      { ...minimalPolicy, openingHours: { timeZone: 'Europe/Atlantis', periods: [] } },
    ],
    [
      'tax.rates',
      {
        ...minimalPolicy,
        tax: { rates: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`t${i}`, 1])) },
      },
    ],
  ])('is refused, and %s is named', (path, policy) => {
    const { error } = Policy.safeParse(policy);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

type Path = (string | number)[];

/** The paths of every value below, the value's own included. */
function* pathsOf(value: unknown, path: Path = []): Generator<[Path, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function* objectsOf(value: unknown): Generator<Path> {
  for (const [path, inner] of pathsOf(value)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) yield path;
  }
}

function* fieldsOf(value: unknown): Generator<Path> {
  for (const [path] of pathsOf(value)) if (typeof path.at(-1) === 'string') yield path;
}

function* integersOf(value: unknown): Generator<Path> {
  for (const [path, inner] of pathsOf(value)) if (typeof inner === 'number') yield path;
}

function changed(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const inner = changed((value as Record<string, unknown>)[key], rest, change);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner };
}

function without(value: unknown, path: Path): unknown {
  return changed(value, path.slice(0, -1), (parent) => {
    const { [String(path.at(-1))]: _, ...rest } = parent as Record<string, unknown>;
    return rest;
  });
}
