// What was stored by an earlier release is there after the next one has opened the file.

import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Product } from '../../../contract/feed.ts';
import { prepare } from '../../../kit/sqlite.ts';
import { publishProducts } from '../../feed/publish.ts';
import { testerAtWork } from '../../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { portOver } from './direct-port.ts';
import { centralApplicationId } from './open.ts';

const first = '0001-two-logs-and-a-ledger.sql';
const nowMs = 1_795_000_000_000;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** A file as the first release left it: one appliance that carries two versions of a catalogue and an outcome. */
function madeByTheFirstRelease(products: readonly (readonly Product[])[]): string {
  const migrations = join(folder.path, 'migrations');
  mkdirSync(migrations);
  copyFileSync(join(import.meta.dirname, 'migrations', first), join(migrations, first));
  const path = join(folder.path, 'central.db');
  const db = new Database(path);
  prepare(db, migrations, centralApplicationId);
  db.exec(`INSERT INTO appliance (id, registered_ms, feed_id, feed_head) VALUES ('box-1', 0, 'f', 3)`);
  const document = db.prepare('INSERT INTO feed_document (kind, version, piece, body) VALUES (?, ?, 1, ?)');
  const shared = db.prepare('INSERT INTO feed (appliance_ref, position, feed_document_ref) VALUES (1, ?, ?)');
  products.forEach((some, i) => {
    const item = { kind: 'catalogue', version: i + 1, piece: 1, pieces: 1, products: some };
    const { lastInsertRowid } = document.run('catalogue', i + 1, Buffer.from(JSON.stringify(item)));
    shared.run(i + 1, lastInsertRowid);
  });
  db.prepare('INSERT INTO feed (appliance_ref, position, body) VALUES (1, 3, ?)').run(Buffer.from('{}'));
  db.close();
  return path;
}

it('keeps feeds, and goes on from the catalogue in force by a delta', async () => {
  const product = (sku: string, priceMinor = 1): Product => ({
    sku,
    name: `${sku}, a "ü"`,
    price: { priceMinor, baseQuantity: 1 },
    sellable: true,
  });
  const [one, two] = [[product('a')], Array.from({ length: 9 }, (_, i) => product(`s${i}`))];
  const store = openStoreAt(madeByTheFirstRelease([one, two]));
  try {
    expect(store.catalogue()).toEqual({ version: 2, products: 9, publishedMs: null });
    expect(store.products({ draft: null, after: '', limit: 99 }).items).toEqual(two);
    const dearer = [product('s0', 2), ...two.slice(1)];
    const published = await publishProducts(
      portOver(store),
      dearer,
      testerAtWork(() => nowMs),
    );
    expect(published).toMatchObject({ version: 3, changed: 1, added: 0, removed: 0, sent: 'delta' });
    const page = store.feedPage({ applianceId: 'box-1', after: 0, itemsMax: 9, bytesMax: 1e6 });
    const items = page?.items.map((item) => JSON.parse(Buffer.from(item).toString()));
    expect(items).toMatchObject([{ version: 1 }, { version: 2 }, {}, { base: 2, version: 3 }]);
  } finally {
    store.close();
  }
});

it('keeps documents with everything that was said of them, and takes steps of a fulfilment beside them', () => {
  const path = madeByTheFirstRelease([]);
  const db = new Database(path);
  db.exec(`INSERT INTO journal (appliance_ref, id, received_through, received_hash, booked_through)
    VALUES (1, 'j', 2, zeroblob(32), 2)`);
  const entry = db.prepare('INSERT INTO entry (journal_ref, seq, body) VALUES (1, ?, ?)');
  const document = db.prepare(
    `INSERT INTO document (ref, appliance_ref, id, journal_ref, seq, kind, verdict, state, currency, total_minor,
       checkout_id, slip, refunded_minor, voided_by, at_ms, booked_ms)
     VALUES (?, 1, ?, 1, ?, ?, 'authorised', 'booked', 'GBP', 100, ?, ?, ?, NULL, 5, 6)`,
  );
  entry.run(1, Buffer.from('{"checkout":{"payment":{"last4":"4242"}}}'));
  entry.run(2, Buffer.from('{'));
  document.run(7, 'sale', 1, 'checkout', null, 3, 40);
  document.run(9, 'back', 2, 'refund', 'sale', 4, 0);
  const before = db.prepare('SELECT * FROM document ORDER BY ref').all() as object[];
  db.close();

  const store = openStoreAt(path);
  try {
    const { items } = store.documents({ kind: null, applianceId: null, cursor: null, limit: 9 });
    expect(items.map(({ id }) => id)).toEqual(['back', 'sale']);
    expect(store.document('sale')).toMatchObject([{ refundedMinor: 40, slip: 3, fulfilment: null }]);
  } finally {
    store.close();
  }
  const after = new Database(path, { readonly: true });
  expect(after.prepare('SELECT * FROM document ORDER BY ref').all()).toEqual(
    before.map((row, i) => ({ ...row, fulfilment: null, last4: i === 0 ? '4242' : null })),
  );
  after.close();
});

it('keeps what is to be collected with the calls that were made for it, and takes a warning of fraud beside it', () => {
  const scripts = join(import.meta.dirname, 'migrations');
  const before = join(folder.path, 'before');
  mkdirSync(before);
  for (const name of readdirSync(scripts).filter((one) => one < '0013')) {
    copyFileSync(join(scripts, name), join(before, name));
  }
  const path = join(folder.path, 'central.db');
  const db = new Database(path);
  prepare(db, before, centralApplicationId);
  db.exec(`INSERT INTO appliance (id, registered_ms, feed_id, feed_head) VALUES ('box-1', 0, 'f', 0);
    INSERT INTO collection (ref, appliance_ref, checkout_id, currency, total_minor, token, fingerprint, scheme, origin,
      wanted, state, due_ms, processor, lane, opened_ms)
    VALUES (7, 1, 'sale', 'GBP', 100, 't', 'f', 'visa', 'offline', 'captured', 'open', 5, 'one', 2, 4);
    INSERT INTO payback (collection_ref, document_id, amount_minor, state) VALUES (7, 'back', 40, 'open');
    INSERT INTO attempt (collection_ref, appliance_ref, document_id, purpose, take, number, processor, reference,
      idempotency_key, currency, amount_minor, state, decline_class, first_sent_ms, sent_ms)
    VALUES (7, 1, 'sale', 'charge', 'authorise_and_capture', 1, 'one', 'r', 'k', 'GBP', 100, 'declined', 'fraud', 4, 4)`);
  const rows = db.prepare('SELECT * FROM collection').all();
  db.close();

  const store = openStoreAt(path);
  expect(store.collection({ applianceId: 'box-1', checkoutId: 'sale' })).toMatchObject({
    state: 'open',
    dueMs: 5,
    paybacks: [{ documentId: 'back' }],
    attempts: [{ reference: 'r' }],
  });
  store.close();
  const after = new Database(path);
  expect(after.prepare('SELECT * FROM collection').all()).toEqual(rows);
  expect(after.pragma('foreign_key_check')).toEqual([]);
  after.pragma('foreign_keys = ON');
  expect(() => after.exec('DELETE FROM collection')).toThrow('FOREIGN KEY');
  after.exec(
    "UPDATE collection SET state = 'held', held_for = 'fraud', due_ms = NULL, processor = NULL, lane = NULL",
  );
  after.close();
});

it.each([
  { at: 'storing', inForce: 1, told: 1 },
  { at: 'telling', inForce: 2, told: 1 },
])('carries on a publication that an older release left while $at', ({ at, inForce, told }) => {
  const scripts = join(import.meta.dirname, 'migrations');
  const before = join(folder.path, 'before');
  mkdirSync(before);
  for (const name of readdirSync(scripts).filter((one) => one < '0026')) {
    copyFileSync(join(scripts, name), join(before, name));
  }
  const path = join(folder.path, 'central.db');
  const db = new Database(path);
  prepare(db, before, centralApplicationId);
  const product = (priceMinor: number) =>
    `{"sku":"a","name":"A","price":{"priceMinor":${priceMinor},"baseQuantity":1},"sellable":true}`;
  const delta = `{"kind":"catalogue_delta","base":1,"version":2,"piece":1,"pieces":1,"products":[${product(2)}],"removed":[]}`;
  const whole = (version: number) =>
    `{"kind":"catalogue","version":${version},"piece":1,"pieces":1,"products":[${product(version)}]}`;
  const document = db.prepare('INSERT INTO feed_document (kind, version, piece, body) VALUES (?, ?, 1, ?)');
  document.run('catalogue', 1, Buffer.from(whole(1)));
  document.run('catalogue_delta', 2, Buffer.from(at === 'storing' ? '{"half":true}' : delta));
  db.exec(`INSERT INTO appliance (id, registered_ms, feed_id, feed_head, catalogue_version) VALUES ('box-1', 0, 'f', 1, ${told});
    INSERT INTO feed (appliance_ref, position, feed_document_ref) VALUES (1, 1, 1);
    INSERT INTO catalogue_list (source, products, made_ms, state) VALUES
      ('', 1, 0, '${at === 'storing' ? 'in_force' : 'leaving'}'), ('', 1, 0, '${at === 'storing' ? 'publishing' : 'in_force'}');
    INSERT INTO catalogue_product VALUES (1, 'a', '${product(1)}'), (2, 'a', '${product(2)}');
    INSERT INTO catalogue (version, products, published_ms, list, figures) VALUES (1, 1, 0, 1, '{}');
    INSERT INTO publication (one, list, progress, stepped_ms) VALUES (1, 2, '{"kind":"${at}","plan":{"delta":true}}', 0)`);
  if (inForce === 2)
    db.exec(
      `INSERT INTO catalogue (version, products, published_ms, list, figures) VALUES (2, 1, 0, 2, '{}')`,
    );
  db.close();

  const store = openStoreAt(path);
  try {
    expect(store.catalogue()?.version).toBe(inForce);
    while (store.transaction(() => store.cataloguePiece(nowMs)).more);
    expect(store.catalogue()).toMatchObject({ version: 2, products: 1 });
    const page = store.feedPage({ applianceId: 'box-1', after: 0, itemsMax: 9, bytesMax: 1e6 });
    const items = page?.items.map((item) => JSON.parse(Buffer.from(item).toString())) ?? [];
    // Of one product nothing is smaller than the whole: an unfinished one is planned anew.
    expect(items.at(-1)).toMatchObject({ version: 2, products: [{ price: { priceMinor: 2 } }] });
    expect(items).toHaveLength(2);
  } finally {
    store.close();
  }
});
