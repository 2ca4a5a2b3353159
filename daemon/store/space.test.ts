// A full disk: new checkouts wait, voids, refunds and the feed go on in the reserve, and nothing is ever lost.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcceptAnswer, Command } from './commands.ts';
import type { SpaceLimits } from './space.ts';
import { firstFeed, pennies, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

const kibibyte = 1024;
const small: SpaceLimits = { bytesMax: 1024 * kibibyte, reserveBytes: 256 * kibibyte };
const noReserve: SpaceLimits = { ...small, reserveBytes: 0 };
const roomy: SpaceLimits = { ...small, bytesMax: 8 * 1024 * kibibyte };
const full = { kind: 'unaccepted', code: 'journal_full' };

let shop: TemporaryStore;
let sold: { command: Command; answer: AcceptAnswer }[];
afterEach(() => shop.remove());

const bulky = (n: number) => submit.checkout(n, pennies(1, { reference: 'r'.repeat(200) }));
/** Sells in batches until the first is refused for room. */
function fill(space: SpaceLimits): void {
  shop = temporaryStore(firstFeed, space);
  sold = [];
  for (let n = 1; ; n += 8) {
    const batch = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => bulky(n + i));
    const answers = shop.execute(...batch) as AcceptAnswer[];
    batch.forEach((command, i) => {
      const answer = answers[i];
      if (answer?.kind === 'answered') sold.push({ command, answer });
    });
    if (answers.some((answer) => answer.kind === 'unaccepted')) return;
  }
}

function nothingIsLost(): void {
  const position = shop.ask('position', {});
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  expect(db.prepare('SELECT count(*) FROM entry').pluck().get()).toBe(position.lastSeq);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  for (const { command, answer } of sold) expect(shop.execute(command)).toEqual([answer]);
}

describe('below the watermark', () => {
  beforeEach(() => fill(small));

  it('new checkouts are told that the journal is full, and the status says so', () => {
    expect(sold.length).toBeGreaterThan(100);
    expect(shop.execute(bulky(90_001))).toEqual([full]);
    expect(shop.ask('status', {}).conditions.map(({ code }) => code)).toEqual(['journal_full']);
    nothingIsLost();
  });

  it('voids, refunds, receipts and the feed go on', () => {
    const { lastSeq, lastHash, journalId } = shop.ask('position', {});
    expect(shop.execute(submit.void(90_001, uuid(1)), submit.refund(90_002, uuid(2), 1))).toMatchObject([
      { answer: { verdict: 'approved_offline' } },
      { answer: { verdict: 'approved_offline' } },
    ]);
    expect(shop.ask('received', { journalId, receivedThrough: lastSeq, hash: lastHash }).kind).toBe(
      'recorded',
    );
    expect(shop.feed({ kind: 'outcome', id: uuid(2), outcome: 'booked', atMs: 1 }).kind).toBe('applied');
    nothingIsLost();
  });

  it('it stays so over a restart, until the quota is raised', () => {
    shop.reopen();
    expect(shop.execute(bulky(90_001))).toEqual([full]);
    const before = shop.ask('position', {}).lastSeq;
    shop.reopen(roomy);
    expect(shop.execute(bulky(90_001))).toMatchObject([{ answer: { seq: before + 1, slip: before + 1 } }]);
    expect(shop.ask('status', {}).conditions).toEqual([]);
    nothingIsLost();
  });
});

describe('when even the reserve is gone', () => {
  beforeEach(() => {
    fill(noReserve);
    // The last rooms within the pages are taken one by one, the large ones first.
    for (const [from, reason] of [
      [80_000, 'x'.repeat(200)],
      [85_000, 'x'],
    ] as const) {
      for (let n = from; ; n++) {
        const [answer] = shop.execute(submit.void(n, uuid((n % 50) + 1), reason)) as AcceptAnswer[];
        if (answer?.kind === 'unaccepted') break;
      }
    }
  });

  it('nothing of a batch is half done, and each command is told the truth', () => {
    const before = [shop.ask('position', {}), shop.ask('status', {})];
    const batch = [bulky(90_001), submit.void(90_002, uuid(60)), submit.refund(90_003, uuid(61), 1)];
    expect(shop.execute(...batch)).toEqual([full, full, full]);
    expect([shop.ask('position', {}), shop.ask('status', {})]).toEqual(before);
    nothingIsLost();
  });

  it('a repeat of what was answered is still answered the same, also beside one that does not fit (I2)', () => {
    const { command, answer } = sold[3] as (typeof sold)[number];
    expect(shop.execute(bulky(90_001), command, submit.void(90_002, uuid(60)))).toEqual([full, answer, full]);
  });

  it('receipts are still taken: they need no room', () => {
    const { lastSeq, lastHash, journalId } = shop.ask('position', {});
    const receipt = { kind: 'received' as const, journalId, receivedThrough: lastSeq, hash: lastHash };
    const [, recorded] = shop.execute(bulky(90_001), receipt);
    expect(recorded).toEqual({ kind: 'recorded', receivedThrough: lastSeq });
    expect(shop.ask('position', {}).receivedThrough).toBe(lastSeq);
  });

  it('a catalogue that does not fit is asked for again, and sells on by the old one', () => {
    const products = Array.from({ length: 250 }, (_, i) => ({
      sku: `new-${i}`,
      name: 'n'.repeat(100),
      price: { priceMinor: 1, baseQuantity: 1 as const },
      sellable: true,
    }));
    const { appliedThrough } = shop.ask('position', {});
    const item = { kind: 'catalogue' as const, version: 2, piece: 1, pieces: 1, products };
    expect(shop.feed(item)).toEqual({ kind: 'ignored', reason: 'gap', appliedThrough });
    expect(shop.ask('status', {}).catalogue.version).toBe(1);
    shop.reopen(roomy);
    expect(shop.feed(item)).toMatchObject({ kind: 'applied', appliedThrough: appliedThrough + 1 });
    expect(shop.ask('status', {}).catalogue).toMatchObject({ version: 2, products: 250 });
  });

  it('everything goes on when the quota is raised', () => {
    shop.reopen(roomy);
    const { lastSeq } = shop.ask('position', {});
    expect(shop.execute(bulky(90_001), submit.void(90_002, uuid(60)))).toMatchObject([
      { answer: { seq: lastSeq + 1 } },
      { answer: { seq: lastSeq + 2, verdict: 'approved_offline' } },
    ]);
    nothingIsLost();
  });
});

describe('the disk beneath', () => {
  it('counts like the quota, and is looked at again as time passes', () => {
    shop = temporaryStore(firstFeed, { bytesMax: Number.MAX_SAFE_INTEGER, reserveBytes: 2 ** 52 });
    sold = [];
    expect(shop.execute(bulky(1))).toEqual([full]);
    shop.clock.advance(5000);
    expect(shop.execute(bulky(1))).toEqual([full]);
    expect(shop.execute(submit.void(2, uuid(9)))).toEqual([
      { kind: 'unaccepted', code: 'checkout_not_found' },
    ]);
  });
});
