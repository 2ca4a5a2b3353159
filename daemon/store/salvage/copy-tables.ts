// What a damaged journal knows beside its entries, copied row by row as far as it can be read. Nothing proves these rows; each
// is looked at as what comes from a stranger is, so that no damaged one is believed or stops the store later.
import type { Database } from 'better-sqlite3';
import { OfferedConfiguration } from '../../../contract/configuration.ts';
import { Product } from '../../../contract/feed.ts';
import { Policy } from '../../../contract/policy.ts';
import { isDamage, orNull } from './readable.ts';
import { sparingMemory } from './sparing.ts';

export interface Copied {
  /** Every row could be read and taken. */
  policy: boolean;
  catalogue: boolean;
  hotList: boolean;
  riskTotals: boolean;
}

type Row = Record<string, unknown>;

const anything = () => true;
const parses = (schema: { safeParse(value: unknown): { success: boolean } }, text: unknown) => {
  try {
    return schema.safeParse(JSON.parse(String(text))).success;
  } catch {
    return false;
  }
};

/** @param old null where SQLite cannot open it */
export function copyTables(old: Database | null, db: Database, nowMs: number): Copied {
  const copy = (table: string, sound: (row: Row) => boolean = anything) =>
    old !== null && copyTable(old, db, table, sound);
  const policy = copy('policy', ({ body }) => parses(Policy, body));
  const generations = copy('generation');
  const products = copy('product', ({ body }) => body === null || parses(Product, body));
  const codes = copy('product_code');
  copy('catalogue_missed');
  const hotList = copy('hot_card');
  const approvals = copy('risk_approval');
  const totals = copy('risk_total');
  copy('outcome');
  copy('remote_configuration', ({ body }) => parses(OfferedConfiguration, body));
  copyStock(copy, db);
  const catalogue = keepCatalogue(db, generations, products && codes, nowMs);
  const riskTotals = approvals && totals;
  if (!riskTotals) db.exec('DELETE FROM risk_approval; DELETE FROM risk_total');
  return { policy, catalogue, hotList, riskTotals };
}

/** @returns whether every row was read and taken */
function copyTable(old: Database, db: Database, table: string, sound: (row: Row) => boolean): boolean {
  const named = (of: Database) =>
    orNull(() => of.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)) ??
    [];
  const known = named(db);
  const columns = named(old).filter((column) => known.includes(column));
  if (columns.length === 0) return false;
  const insert = db.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const keys = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table);
  const took = sparingMemory();
  let whole = true;
  const take = (order: 'ASC' | 'DESC') => {
    const by = keys.map((key) => `${key} ${order}`).join(', ');
    for (const row of old.prepare<[], Row>(`SELECT * FROM ${table} ORDER BY ${by}`).iterate()) {
      took();
      if (!sound(row) || !taken(() => insert.run(columns.map((column) => row[column])))) whole = false;
    }
    return true;
  };
  if (orNull(() => take('ASC'))) return whole;
  // From the other end, up to the damaged page.
  orNull(() => take('DESC'));
  return false;
}

/** False where the new file's schema refuses the row: it is not what was ever written. */
function taken(insert: () => void): boolean {
  try {
    insert();
    return true;
  } catch (error) {
    if (isDamage(error)) throw error;
    return false;
  }
}

/** Each row of goods holds alone. What is reserved is the sum of the reservations that are left. */
function copyStock(copy: (table: string, sound?: (row: Row) => boolean) => boolean, db: Database): void {
  copy('stock');
  copy('reservation');
  db.exec(`
    DELETE FROM reservation WHERE sku NOT IN (SELECT sku FROM stock) OR quantity < 1;
    UPDATE stock SET reserved =
      coalesce((SELECT sum(quantity) FROM reservation WHERE reservation.sku = stock.sku), 0)`);
}

/**
 * A catalogue with holes is kept and named, so that what is left of it can be sold; the feed brings it whole. Without its
 * generations nobody knows which rows are in force.
 */
function keepCatalogue(db: Database, generations: boolean, products: boolean, nowMs: number): boolean {
  const inForce = db
    .prepare<[], { version: number }>("SELECT version FROM generation WHERE state = 'in_force'")
    .get();
  if (generations && products) return true;
  if (!generations || !inForce) {
    db.exec(
      'DELETE FROM generation; DELETE FROM product; DELETE FROM product_code; DELETE FROM catalogue_missed',
    );
    return false;
  }
  // Retired and not removed: the number of one whose rows are still there must not be given again.
  db.exec("UPDATE generation SET state = 'retired' WHERE state = 'arriving'");
  db.prepare('INSERT OR REPLACE INTO catalogue_missed (id, version, since_ms) VALUES (1, ?, ?)').run(
    inForce.version,
    nowMs,
  );
  return false;
}
