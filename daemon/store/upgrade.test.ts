// I16: a journal made by the release before opens, keeps every entry, and goes on selling by what it knew.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHash, genesisHash } from '../../contract/hash.ts';
import { manualClock } from '../../kit/clock.ts';
import { prepare } from '../../kit/sqlite.ts';
import type { AcceptAnswer, Command } from './commands.ts';
import { openStore, type Store } from './store.ts';
import { feedId, pennies, plentyOfSpace, submit, uuid } from './temporary-store.ts';

let root: string;
let store: Store;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-upgrade-'));
  asTheReleaseBefore();
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

const open = () => openStore({ folder: root, space: plentyOfSpace, clock: manualClock() });
const accept = (command: Command) => store.execute([command])[0] as AcceptAnswer;
const one = (line: object, totalMinor: number) =>
  submit.checkout(9, pennies(totalMinor, { lines: [{ quantity: 1, ...line }] }));

/** A checkout's entry as it was written then. */
const entry = (n: number) => ({
  kind: 'checkout',
  id: uuid(n),
  at: { wallMs: 1, monotonicMs: 1, bootId: uuid(77) },
  verdict: 'approved_offline',
  reasons: [],
  slip: n,
  catalogueVersion: 3,
  policyVersion: 2,
  checkout: pennies(250),
  judged: [{ sku: 'penny', quantity: 250, price: { priceMinor: 1, baseQuantity: 1 }, totalMinor: 250 }],
});

/** Writes a database with the first migration alone, and what that release would have in it. */
function asTheReleaseBefore(): void {
  const migrations = join(root, 'migrations');
  mkdirSync(migrations);
  const first = '0001-journal.sql';
  copyFileSync(join(import.meta.dirname, 'migrations', first), join(migrations, first));
  const db = new BetterSqlite3(join(root, 'journal.db'));
  prepare(db, migrations, 0x48464150);
  db.prepare(
    `INSERT INTO position (id, journal_id, feed_id, applied_through, last_slip, exposure_minor) VALUES (1, ?, ?, 4, 2, 500)`,
  ).run(uuid(50), feedId);
  let previous = genesisHash;
  for (const n of [1, 2]) {
    const body = Buffer.from(JSON.stringify(entry(n)));
    previous = chainHash(previous, n, body);
    const id = Buffer.from(uuid(n).replaceAll('-', ''), 'hex');
    db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)').run(n, 'checkout', id, body, previous, 1);
    db.prepare(
      `INSERT INTO document (id, seq, request_hash, kind, verdict, currency, total_minor, exposed_minor)
       VALUES (?, ?, ?, 'checkout', 'approved_offline', 'GBP', 250, 250)`,
    ).run(id, n, Buffer.alloc(32));
  }
  const policy = {
    currency: 'GBP',
    checkout: { totalMinorMax: 1000 },
    exposure: { totalMinorMax: 1200 },
    priceOverride: 'allowed',
    unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
  };
  db.prepare('INSERT INTO policy (id, version, body) VALUES (1, 2, ?)').run(JSON.stringify(policy));
  db.exec(`INSERT INTO catalogue VALUES (3, 'in_force', 1, 3), (2, 'retired', 1, 1), (4, 'arriving', 1, 1)`);
  const product = db.prepare('INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  product.run(3, 'penny', null, 'A penny sweet', 1, 1, 1, null);
  product.run(3, 'pencil', '04006381333931', 'A pencil', 199, 1, 1, 2);
  product.run(3, 'off', null, 'Not sold', 5, 10, 0, null);
  product.run(2, 'old', null, 'Gone', 1, 1, 1, null);
  product.run(4, 'new', null, 'Not here yet', 1, 1, 1, null);
  db.close();
}

describe('a journal of the release before', () => {
  it('keeps its entries, positions, exposure and slips', () => {
    expect(store.execute([{ kind: 'status' }])).toMatchObject([
      {
        journal: { journalId: uuid(50), lastSeq: 2 },
        feed: { appliedThrough: 4 },
        catalogue: { version: 3, products: 3 },
        policy: { version: 2 },
        exposure: { totalMinor: 500, limitMinor: 1200 },
      },
    ]);
    expect(store.execute([{ kind: 'document', id: uuid(2) }])).toMatchObject([{ slip: 2, totalMinor: 250 }]);
    expect(accept(submit.checkout(3, pennies(700)))).toMatchObject({
      answer: { seq: 3, slip: 3, slipYear: 2026 },
    });
    expect(accept(submit.checkout(4, pennies(1)))).toMatchObject({
      answer: { reasons: [{ code: 'exposure_limit_reached' }, { code: 'link_down' }] },
    });
  });

  it.each([
    ['by sku', { sku: 'pencil' }, 199, []],
    ['by its code', { gtin: '4006381333931' }, 199, []],
    ['more than a line may have', { sku: 'pencil', quantity: 3 }, 597, ['quantity_above_limit']],
    ['not for sale', { sku: 'off' }, 1, ['product_not_sellable']],
    ['of a retired version', { sku: 'old' }, 1, ['product_unknown']],
    ['of a version still arriving', { sku: 'new' }, 1, ['product_unknown']],
    [
      'overridden as its policy allowed',
      { sku: 'pencil', price: { priceMinor: 1, baseQuantity: 1 }, priceOverride: { by: 'a', reason: 'b' } },
      1,
      [],
    ],
  ])('sells what it knew: %s', (_, line, totalMinor, codes) => {
    // What was judged without central says so, unless nobody could have allowed it.
    const said = codes.length === 0 ? ['link_down'] : codes;
    const reasons = said.map((code) => expect.objectContaining({ code }));
    expect(accept(one(line, totalMinor))).toMatchObject({ answer: { reasons } });
  });

  it('voids and refunds what it sold, and the exposure falls', () => {
    store.execute([submit.void(5, uuid(1)), submit.refund(6, uuid(2), 50)]);
    expect(store.execute([{ kind: 'status' }])).toMatchObject([{ exposure: { totalMinor: 250 } }]);
    store.execute([
      {
        kind: 'feed',
        feedId,
        firstPosition: 5,
        items: [{ kind: 'outcome', id: uuid(2), outcome: 'booked', atMs: 1 }],
      },
    ]);
    expect(store.execute([{ kind: 'status' }])).toMatchObject([{ exposure: { totalMinor: 0 } }]);
  });

  it('gives back lines of what it sold, by what was paid for them', () => {
    const lines = [{ line: 0, quantity: 100 }];
    const refund = { checkoutId: uuid(1), lines, reason: 'damaged' };
    expect(accept(submit.refundOf(5, refund))).toMatchObject({ answer: { totalMinor: 100, reasons: [] } });
    expect(accept(submit.refundOf(6, { checkoutId: uuid(1), reason: 'the rest' }))).toMatchObject({
      answer: { totalMinor: 150, givenBack: [{ line: 0, quantity: 150 }] },
    });
    expect(accept(submit.fulfil(7, uuid(2), { step: 'picked' }))).toMatchObject({
      answer: { reasons: [{ code: 'fulfilment_not_expected' }] },
    });
  });

  it('takes the catalogue whose first piece had come', () => {
    const products = [
      { sku: 'last', name: 'Last', price: { priceMinor: 3, baseQuantity: 1 as const }, sellable: true },
    ];
    store.execute([
      {
        kind: 'feed',
        feedId,
        firstPosition: 5,
        items: [{ kind: 'catalogue', version: 4, piece: 2, pieces: 2, products }],
      },
    ]);
    expect(store.execute([{ kind: 'status' }])).toMatchObject([{ catalogue: { version: 4, products: 2 } }]);
    expect(accept(one({ sku: 'new' }, 1))).toMatchObject({ answer: { verdict: 'approved_offline' } });
    expect(accept(submit.checkout(10, pennies(1)))).toMatchObject({
      answer: { reasons: [{ code: 'product_unknown' }] },
    });
  });

  it('opens again, upgraded once', () => {
    store.close();
    store = open();
    expect(store.execute([{ kind: 'status' }])).toMatchObject([{ journal: { lastSeq: 2 } }]);
  });
});
