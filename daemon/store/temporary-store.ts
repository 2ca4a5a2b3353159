// A store on a real disk for tests: in a folder of its own, opened as often as the test wants, with a clock turned by hand.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkout, Fulfilment, LinkedRefund } from '../../contract/checkout.ts';
import type { FeedItem, Product } from '../../contract/feed.ts';
import { Policy, type PolicyInput } from '../../contract/policy.ts';
import { manualClock } from '../../kit/clock.ts';
import type { AnswerTo, Ask, Command, CommandKind } from './commands.ts';
import type { SpaceLimits } from './space.ts';
import { openStore, type Store } from './store.ts';

const mebibyte = 1024 * 1024;
export const plentyOfSpace: SpaceLimits = { bytesMax: 1024 * mebibyte, reserveBytes: mebibyte };
export const feedId = 'feedfeed-0000-7000-8000-000000000001';

const plain: PolicyInput = {
  currency: 'GBP',
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 10_000_000 },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'allowed', totalMinorMax: 100_000 },
};
export const policy = Policy.parse(plain);
/** The next version of the policy, with so much changed. */
export function policyItem(version: number, changes: Partial<PolicyInput>): FeedItem {
  return { kind: 'policy', version, policy: Policy.parse({ ...plain, ...changes }) };
}
export const products: Product[] = [
  { sku: 'penny', name: 'A penny sweet', price: { priceMinor: 1, baseQuantity: 1 }, sellable: true },
  {
    sku: 'pencil',
    gtin: '4006381333931',
    name: 'A pencil',
    price: { priceMinor: 199, baseQuantity: 1 },
    sellable: true,
  },
];
/** What lets a new appliance sell. */
export const firstFeed: FeedItem[] = [
  { kind: 'policy', version: 1, policy },
  { kind: 'catalogue', version: 1, piece: 1, pieces: 1, products },
];

/** The n-th UUID. */
export function uuid(n: number): string {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A checkout of so many penny sweets, which therefore costs as many minor units. */
export function pennies(totalMinor: number, changes: Partial<Checkout> = {}): Checkout {
  return {
    lines: [{ sku: 'penny', quantity: totalMinor }],
    currency: 'GBP',
    totalMinor,
    payment: { token: 'tok_1', fingerprint: 'f1', scheme: 'visa', last4: '4242' },
    mode: 'offline_ok',
    ...changes,
  };
}

const hashOf = (document: unknown) => createHash('sha256').update(JSON.stringify(document)).digest('hex');

/** The n-th document as the door would hand it over: its request's hash is that of its content. */
export const submit = {
  checkout: (n: number, checkout: Checkout): Command => ({
    kind: 'checkout',
    id: uuid(n),
    requestHash: hashOf(checkout),
    checkout,
  }),
  void: (n: number, checkoutId: string, reason = 'mistake'): Command => ({
    kind: 'void',
    id: uuid(n),
    requestHash: hashOf([checkoutId, reason]),
    checkoutId,
    void: { reason },
  }),
  refund: (n: number, checkoutId: string, totalMinor: number): Command =>
    submit.refundOf(n, { checkoutId, currency: 'GBP', totalMinor, reason: 'damaged' }),
  refundOf: (n: number, refund: LinkedRefund): Command => ({
    kind: 'refund',
    id: uuid(n),
    requestHash: hashOf(refund),
    refund,
  }),
  fulfil: (n: number, checkoutId: string, fulfilment: Fulfilment): Command => ({
    kind: 'fulfilment',
    id: uuid(n),
    requestHash: hashOf([checkoutId, fulfilment]),
    checkoutId,
    fulfilment,
  }),
};

export interface TemporaryStore {
  folder: string;
  clock: ReturnType<typeof manualClock>;
  /** One batch, one transaction. */
  execute(...batch: Command[]): AnswerTo<CommandKind>[];
  /** A batch of one. */
  ask<K extends CommandKind>(kind: K, ask: Ask<K>): AnswerTo<K>;
  /** The next items of the feed. */
  feed(...items: (FeedItem | null)[]): AnswerTo<'feed'>;
  /** Closes the database and opens it again, as a restart does. */
  reopen(space?: SpaceLimits): void;
  /** Closes the database: its log is in the file, and nobody holds it. */
  close(): void;
  remove(): void;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-store-'));
}

/** Opens a new store; with `items` already applied from its feed. */
export function temporaryStore(
  items: readonly FeedItem[] = firstFeed,
  space: SpaceLimits = plentyOfSpace,
): TemporaryStore {
  const folder = temporaryFolder();
  const clock = manualClock();
  let store: Store = openStore({ folder, space, clock });
  const temporary: TemporaryStore = {
    folder,
    clock,
    execute: (...batch) => store.execute(batch),
    ask: (kind, ask) => store.execute([{ kind, ...ask } as unknown as Command])[0] as never,
    feed(...next) {
      const { appliedThrough } = temporary.ask('position', {});
      return temporary.ask('feed', { feedId, firstPosition: appliedThrough + 1, items: next });
    },
    reopen(changed = space) {
      store.close();
      store = openStore({ folder, space: changed, clock });
    },
    close: () => store.close(),
    remove() {
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
  if (items.length > 0) temporary.feed(...items);
  return temporary;
}
