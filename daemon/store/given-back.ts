// What of each line of a checkout was given back, so that no piece of it is given back twice. Kept in the transaction of
// the refund or the step of a fulfilment that gives it back.
import type { Database } from 'better-sqlite3';
import type { LineBack } from '../checkout/standing.ts';

export interface GivenBack {
  /** In the order of the lines; none for a checkout that nothing was given back of. */
  of(checkoutId: Buffer): LineBack[];
  add(checkoutId: Buffer, lines: readonly LineBack[]): void;
}

export function openGivenBack(db: Database): GivenBack {
  const select = db.prepare<[Buffer], LineBack>(
    'SELECT line, quantity, minor AS totalMinor FROM given_back WHERE checkout_id = ? ORDER BY line',
  );
  const add = db.prepare(
    `INSERT INTO given_back (checkout_id, line, quantity, minor) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, minor = minor + excluded.minor`,
  );
  return {
    of: (checkoutId) => select.all(checkoutId),
    add(checkoutId, lines) {
      for (const { line, quantity, totalMinor } of lines) add.run(checkoutId, line, quantity, totalMinor);
    },
  };
}
