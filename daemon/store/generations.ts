// The arrivals of catalogues: which is in force, which lie beneath it, which are still arriving or retired.
import type { Database } from 'better-sqlite3';

export interface Generation {
  generation: number;
  version: number;
  /** The version a delta lies on; null for a snapshot. */
  base: number | null;
  piecesApplied: number;
  /** In the whole catalogue, once this is in force. */
  products: number;
  appliedMs: number;
}

export interface Generations {
  readonly inForce: Generation | null;
  /** The newest version that could not be taken whole. */
  readonly missed: { version: number; sinceMs: number } | null;
  /** The generations whose rows count, the newest first. */
  readonly counting: readonly number[];
  /** Whether rows of a generation count: in force, or beneath it. */
  counts(generation: number): boolean;
  /** Whether rows of a generation may come to count. */
  mayCount(generation: number): boolean;
  /** Begins an arrival; an earlier one of the same version is given up. */
  begin(version: number, base: number | null): Generation;
  arriving(version: number, base: number | null): Generation | null;
  /** One more piece has come, by which the catalogue grew. */
  grow(arriving: Generation, products: number): void;
  bringIntoForce(arriving: Generation, elapsedMs: number): void;
  miss(version: number, wallMs: number): void;
  /** Forgets retired generations: none of their rows is left. */
  forgetRetired(): void;
  reload(): void;
}

export function createGenerations(db: Database): Generations {
  const columns =
    'generation, version, base, pieces_applied AS piecesApplied, products, applied_ms AS appliedMs';
  const selectInForce = db.prepare<[], Generation>(
    `SELECT ${columns} FROM generation WHERE state = 'in_force'`,
  );
  const selectMissed = db.prepare<[], { version: number; sinceMs: number }>(
    'SELECT version, since_ms AS sinceMs FROM catalogue_missed',
  );
  const selectStates = db.prepare<[], { generation: number; state: string }>(
    'SELECT generation, state FROM generation',
  );
  const selectArriving = db.prepare<[number, number | null], Generation>(
    `SELECT ${columns} FROM generation WHERE version = ? AND base IS ? AND state = 'arriving'`,
  );
  const giveUp = db.prepare(
    `UPDATE generation SET state = 'retired' WHERE version = ? AND state = 'arriving'`,
  );
  const insert = db.prepare<[number, number | null, number], Generation>(
    `INSERT INTO generation (version, base, state, pieces_applied, products)
     VALUES (?, ?, 'arriving', 0, ?) RETURNING ${columns}`,
  );
  const grow = db.prepare(
    'UPDATE generation SET pieces_applied = pieces_applied + 1, products = products + ? WHERE generation = ?',
  );
  const retire = db.prepare(
    `UPDATE generation SET state = 'retired' WHERE generation <> ? AND version < ? AND state = 'arriving'`,
  );
  const replace = db.prepare(
    `UPDATE generation SET state = 'retired' WHERE state IN ('in_force', 'beneath')`,
  );
  const layBeneath = db.prepare(`UPDATE generation SET state = 'beneath' WHERE state = 'in_force'`);
  const bring = db.prepare(`UPDATE generation SET state = 'in_force', applied_ms = ? WHERE generation = ?`);
  const saveMissed = db.prepare(
    `INSERT INTO catalogue_missed (id, version, since_ms) VALUES (1, ?, ?)
     ON CONFLICT DO UPDATE SET version = max(version, excluded.version)`,
  );
  const dropMissed = db.prepare('DELETE FROM catalogue_missed WHERE version <= ?');
  const forget = db.prepare(`DELETE FROM generation WHERE state = 'retired'`);

  const load = () => {
    const states = selectStates.all();
    const of = (...wanted: string[]) =>
      new Set(states.filter(({ state }) => wanted.includes(state)).map(({ generation }) => generation));
    return {
      inForce: selectInForce.get() ?? null,
      missed: selectMissed.get() ?? null,
      counting: of('in_force', 'beneath'),
      newestFirst: [...of('in_force', 'beneath')].sort((a, b) => b - a),
      arriving: of('arriving'),
    };
  };
  let now = load();

  return {
    get inForce() {
      return now.inForce;
    },
    get missed() {
      return now.missed;
    },
    get counting() {
      return now.newestFirst;
    },
    counts: (generation) => now.counting.has(generation),
    mayCount: (generation) => now.counting.has(generation) || now.arriving.has(generation),
    begin(version, base) {
      giveUp.run(version);
      const products = base === null ? 0 : (now.inForce?.products ?? 0);
      const begun = insert.get(version, base, products) as Generation;
      now = load();
      return begun;
    },
    arriving: (version, base) => selectArriving.get(version, base) ?? null,
    grow: ({ generation }, products) => void grow.run(products, generation),
    bringIntoForce({ generation, version, base }, elapsedMs) {
      if (base === null) replace.run();
      else layBeneath.run();
      bring.run(elapsedMs, generation);
      retire.run(generation, version);
      dropMissed.run(version);
      now = load();
    },
    miss(version, wallMs) {
      giveUp.run(version);
      saveMissed.run(version, wallMs);
      now = load();
    },
    forgetRetired: () => void forget.run(),
    reload() {
      now = load();
    },
  };
}
