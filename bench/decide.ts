// npm run bench:decide — what a decision of twelve lines costs: reading the facts and the rule, as a quote does; and what a
// checkout costs in the store with its entry, its projections and its share of a commit and a sync of the disk. With
// 50,000 products, half of them counted, every kind of limit on, and a million rows in the journal.
import { hash, randomUUID, randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checkout } from '../contract/checkout.ts';
import type { FeedItem, Product } from '../contract/feed.ts';
import { limits } from '../contract/limits.ts';
import { Policy } from '../contract/policy.ts';
import type { AcceptAnswer, Command, Position } from '../daemon/store/commands.ts';
import { openStore, type Store } from '../daemon/store/store.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { policy as basketPolicy, products as basketProducts } from './baskets.ts';
import { fillJournal } from './fill-journal.ts';
import { median, report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const decisions = 1000;
const batchItems = 64;
const lines = 12;
const productsTotal = 50_000;
const space = { bytesMax: 64 * 1024 ** 3, reserveBytes: 0 };

/** The products of the baskets that fill the journal, and so many more with offers, taxes and codes. */
const products: Product[] = [
  ...basketProducts,
  ...Array.from(
    { length: productsTotal - basketProducts.length },
    (_, i): Product => ({
      sku: `BIG-${String(i).padStart(5, '0')}`,
      name: `A product of a large shop, number ${i}`,
      price: { priceMinor: 50 + ((i * 37) % 1900), baseQuantity: 1 },
      offers:
        i % 5 === 0
          ? [{ price: { priceMinor: 40 + ((i * 31) % 1500), baseQuantity: 1 }, quantityMin: 3 }]
          : [],
      taxCategory: i % 3 === 0 ? 'reduced' : 'standard',
      sellable: true,
    }),
  ),
];
const taxed = { ...basketPolicy, tax: { rates: { standard: 2000, reduced: 500 } } };
/** Every kind of limit, narrow enough that the windows of each card must be read. */
const policy = Policy.parse({
  ...taxed,
  exposure: { totalMinorMax: Number.MAX_SAFE_INTEGER, countMax: 1_000_000_000, checkoutMinorMax: 1_000_000 },
  offline: { hoursMax: 8000, policyAgeHoursMax: 8000, catalogueAgeHoursMax: 8000 },
  risk: {
    floorMinor: 500_000,
    randomOnline: { shareBasisPoints: 0, biasedAboveMinor: 400_000, shareBasisPointsMax: 0 },
    velocity: [
      { per: 'fingerprint', windowMinutes: 60, countMax: 100 },
      { per: 'fingerprint', windowMinutes: 100, totalMinorMax: 1_000_000 },
      { per: 'kiosk', windowMinutes: 60, countMax: 1_000_000 },
    ],
    splitWindowMinutes: 10,
    newFingerprintMinorMax: 400_000,
    review: { totalMinor: 400_000 },
  },
  openingHours: {
    timeZone: 'Europe/London',
    periods: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', until: '23:59' }],
  },
});
/** The journal was filled two hours ago, so that what it holds lies before the windows. */
const clock = systemClock();
const later: Clock = { ...clock, monotonicMs: () => clock.monotonicMs() + 2 * 3_600_000 };

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  const feed = feedAll();
  say(`the longest piece of a feed: ${JSON.stringify(feed)}`);
  fillJournal(folder, rows, say);
  const store = openStore({ folder, space, clock: later });
  const [{ feedId, appliedThrough }] = store.execute([{ kind: 'position' }]) as [Position];
  const narrow: FeedItem = { kind: 'policy', version: 2, policy };
  store.execute([{ kind: 'feed', feedId: feedId ?? '', firstPosition: appliedThrough + 1, items: [narrow] }]);
  const random = seededRandom(11);
  // The first rounds belong to the compiler.
  for (let i = 0; i < 5; i++) oneRound(store, random);
  const perCheckout: number[] = [];
  const perDecision: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const us = oneRound(store, random);
    perCheckout.push(us.checkout);
    perDecision.push(us.quote);
    say(`round ${i + 1}: ${round(us.checkout)} µs a checkout, ${round(us.quote)} µs a decision alone`);
  }
  store.close();
  const usPerDecision = round(median(perDecision), 1);
  const usPerCheckout = round(median(perCheckout), 1);
  say(`${decisions} decisions of ${lines} lines: ${round((usPerDecision * decisions) / 1000, 1)} ms`);
  await report(
    'decide',
    { usPerDecision, usPerCheckout },
    {
      perCheckout,
      perDecision,
      feed,
      rows,
      products: productsTotal,
      lines,
    },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A thousand checkouts in batches, and as many quotes of the same: the judgement without the bookkeeping. */
function oneRound(store: Store, random: () => number): { checkout: number; quote: number } {
  const checkouts = Array.from({ length: decisions }, () => checkoutOf(random));
  const asked = checkouts.map((checkout): Command => ({ kind: 'quote', asked: checkout, kiosk: 'till-3' }));
  const quoted = timed(() =>
    asked.flatMap((_, i) => (i % batchItems ? [] : store.execute(asked.slice(i, i + batchItems)))),
  );
  const commands = checkouts.map((checkout, i): Command => {
    const answer = quoted.answers[i] as { quote: { totalMinor: number } };
    const priced = { ...checkout, totalMinor: answer.quote.totalMinor };
    return {
      kind: 'checkout',
      id: randomUUIDv7(),
      requestHash: hash('sha256', String(random())),
      checkout: priced,
      kiosk: 'till-3',
    };
  });
  const sold = timed(() =>
    commands.flatMap((_, i) => (i % batchItems ? [] : store.execute(commands.slice(i, i + batchItems)))),
  );
  const refused = (sold.answers as AcceptAnswer[]).find(
    (answer) => answer.kind !== 'answered' || answer.answer.verdict !== 'approved_offline',
  );
  if (refused) throw new Error(`a checkout was not approved: ${JSON.stringify(refused)}`);
  return { checkout: sold.us, quote: quoted.us };
}

function timed<T>(run: () => T[]): { us: number; answers: T[] } {
  const startMs = performance.now();
  const answers = run();
  return { us: ((performance.now() - startMs) * 1000) / decisions, answers };
}

/** Twelve lines; the cube comes near recorded days, where a tenth of the products makes two fifths of the lines. */
function checkoutOf(random: () => number): Checkout {
  const card = Math.floor(random() * 5000);
  return {
    lines: Array.from({ length: lines }, () => ({
      sku: (products[Math.floor(random() ** 3 * products.length)] as Product).sku,
      quantity: 1 + Math.floor(random() ** 3 * 5),
    })),
    currency: 'GBP',
    totalMinor: 1,
    payment: {
      token: `tok_${card}`,
      fingerprint: `fp_${(card * 2654435761).toString(36)}`,
      scheme: 'visa',
      last4: String(card % 10_000).padStart(4, '0'),
    },
    mode: 'offline_ok',
  };
}

/**
 * Policy, catalogue, stock of every second product, and a delta of a tenth of them; says how long the longest piece of each
 * would hold up a checkout.
 */
function feedAll(): { snapshotPieceMsMax: number; deltaPieceMsMax: number } {
  const store = openStore({ folder, space, clock });
  const pieceMax = limits.catalogueProductsPerPieceMax;
  const parts = Array.from({ length: Math.ceil(products.length / pieceMax) }, (_, i) =>
    products.slice(i * pieceMax, (i + 1) * pieceMax),
  );
  const pieces = parts.length;
  const whole = parts.map(
    (part, i): FeedItem => ({ kind: 'catalogue', version: 1, piece: i + 1, pieces, products: part }),
  );
  const counts = parts.map((part): FeedItem => {
    const counted = part.filter((_, at) => at % 2 === 0);
    const quantity = limits.stockQuantityMax;
    return { kind: 'stock', changes: counted.map(({ sku }) => ({ sku, change: 'set', quantity })) };
  });
  const changed = parts.filter((_, i) => i % 10 === 0);
  const delta = changed.map(
    (part, i): FeedItem => ({
      kind: 'catalogue_delta',
      base: 1,
      version: 2,
      piece: i + 1,
      pieces: changed.length,
      products: part.map((product) => ({ ...product, name: `${product.name}, renamed` })),
      removed: [],
    }),
  );
  const feedId = randomUUID();
  let position = 0;
  const longestMs = (items: FeedItem[]) =>
    Math.max(
      ...items.map((item) => {
        const startMs = performance.now();
        store.execute([{ kind: 'feed', feedId, firstPosition: ++position, items: [item] }]);
        return performance.now() - startMs;
      }),
    );
  longestMs([{ kind: 'policy', version: 1, policy: Policy.parse(taxed) }]);
  const snapshotPieceMsMax = round(longestMs(whole));
  longestMs(counts);
  const deltaPieceMsMax = round(longestMs(delta));
  store.close();
  return { snapshotPieceMsMax, deltaPieceMsMax };
}
