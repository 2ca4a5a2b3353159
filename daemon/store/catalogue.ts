// The catalogue in force and the policy, as the feed brought them.
import type { Database } from 'better-sqlite3';
import type { Line } from '../../contract/checkout.ts';
import type { FeedItem, Product } from '../../contract/feed.ts';
import { BaseQuantity } from '../../contract/money.ts';
import { Policy } from '../../contract/policy.ts';

type CataloguePiece = Extract<FeedItem, { kind: 'catalogue' }>;
type PolicyItem = Extract<FeedItem, { kind: 'policy' }>;

export interface Catalogue {
  /** The version in force, or null before the first. */
  readonly inForce: { version: number; products: number } | null;
  readonly policy: { version: number; policy: Policy } | null;
  /** The product a line names, or null when the catalogue in force has none. */
  find(line: Pick<Line, 'sku' | 'gtin'>): Product | null;
  /** Takes one piece; with the last one the whole version comes into force at once. */
  applyPiece(piece: CataloguePiece): void;
  applyPolicy(item: PolicyItem): void;
  /** Removes some rows of retired versions, a bounded piece of work. */
  sweep(): void;
  reload(): void;
}

interface ProductRow {
  sku: string;
  name: string;
  priceMinor: number;
  baseQuantity: number;
  sellable: number;
  quantityMax: number | null;
}

const productsSweptMax = 500;
const columns =
  'sku, name, price_minor AS priceMinor, base_quantity AS baseQuantity, sellable, quantity_max AS quantityMax';

export function openCatalogue(db: Database): Catalogue {
  const bySku = db.prepare<[number, string], ProductRow>(
    `SELECT ${columns} FROM product WHERE version = ? AND sku = ?`,
  );
  const byGtin = db.prepare<[number, string], ProductRow>(
    `SELECT ${columns} FROM product WHERE version = ? AND gtin14 = ? LIMIT 1`,
  );
  const insert = db.prepare(
    `INSERT OR REPLACE INTO product (version, sku, gtin14, name, price_minor, base_quantity, sellable, quantity_max)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const arriving = db.prepare<[number], { piecesApplied: number; products: number }>(
    `SELECT pieces_applied AS piecesApplied, products FROM catalogue WHERE version = ? AND state = 'arriving'`,
  );
  const saveArriving = db.prepare(
    `INSERT INTO catalogue (version, state, pieces_applied, products) VALUES (?, 'arriving', ?, ?)
     ON CONFLICT DO UPDATE SET state = 'arriving', pieces_applied = excluded.pieces_applied, products = excluded.products`,
  );
  const retireOlder = db.prepare(`UPDATE catalogue SET state = 'retired' WHERE version < ?`);
  const bringIntoForce = db.prepare(`UPDATE catalogue SET state = 'in_force' WHERE version = ?`);
  const dropProducts = db.prepare('DELETE FROM product WHERE version = ?');
  const oneRetired = db.prepare<[], { version: number }>(
    `SELECT version FROM catalogue WHERE state = 'retired' LIMIT 1`,
  );
  const sweepProducts = db.prepare(
    // -- a whole old catalogue at once would hold up the checkouts behind it
    `DELETE FROM product WHERE (version, sku) IN (SELECT version, sku FROM product WHERE version = ? LIMIT ${productsSweptMax})`,
  );
  const forget = db.prepare('DELETE FROM catalogue WHERE version = ?');
  const selectInForce = db.prepare<[], { version: number; products: number }>(
    `SELECT version, products FROM catalogue WHERE state = 'in_force'`,
  );
  const selectPolicy = db.prepare<[], { version: number; body: string }>('SELECT version, body FROM policy');
  const savePolicy = db.prepare('INSERT OR REPLACE INTO policy (id, version, body) VALUES (1, ?, ?)');

  const load = () => {
    const row = selectPolicy.get();
    return {
      inForce: selectInForce.get() ?? null,
      policy: row ? { version: row.version, policy: Policy.parse(JSON.parse(row.body)) } : null,
    };
  };
  let now = load();

  return {
    get inForce() {
      return now.inForce;
    },
    get policy() {
      return now.policy;
    },
    find({ sku, gtin }) {
      if (!now.inForce) return null;
      const { version } = now.inForce;
      if (sku !== undefined) return productOf(bySku.get(version, sku));
      return gtin === undefined ? null : productOf(byGtin.get(version, gtin14(gtin)));
    },
    applyPiece({ version, piece, pieces, products }) {
      if (now.inForce && version <= now.inForce.version) return;
      if (piece === 1) dropProducts.run(version);
      const before = piece === 1 ? { piecesApplied: 0, products: 0 } : arriving.get(version);
      // A piece out of its place: the whole version is waited for again rather than brought into force with a hole.
      if (!before || before.piecesApplied !== piece - 1) return;
      for (const product of products) insertProduct(version, product);
      saveArriving.run(version, piece, before.products + products.length);
      if (piece < pieces) return;
      retireOlder.run(version);
      bringIntoForce.run(version);
      now = { ...now, inForce: { version, products: before.products + products.length } };
    },
    applyPolicy({ version, policy }) {
      if (now.policy && version <= now.policy.version) return;
      savePolicy.run(version, JSON.stringify(policy));
      now = { ...now, policy: { version, policy } };
    },
    sweep() {
      const retired = oneRetired.get();
      if (!retired) return;
      if (sweepProducts.run(retired.version).changes < productsSweptMax) forget.run(retired.version);
    },
    reload() {
      now = load();
    },
  };

  function insertProduct(version: number, product: Product): void {
    const { sku, gtin, name, price, sellable, quantityMax } = product;
    insert.run(
      version,
      sku,
      gtin === undefined ? null : gtin14(gtin),
      name,
      price.priceMinor,
      price.baseQuantity,
      sellable ? 1 : 0,
      quantityMax ?? null,
    );
  }
}

function gtin14(gtin: string): string {
  return gtin.padStart(14, '0');
}

function productOf(row: ProductRow | undefined): Product | null {
  if (!row) return null;
  const { sku, name, priceMinor, baseQuantity, sellable, quantityMax } = row;
  return {
    sku,
    name,
    price: { priceMinor, baseQuantity: BaseQuantity.parse(baseQuantity) },
    sellable: sellable === 1,
    ...(quantityMax !== null && { quantityMax }),
  };
}
