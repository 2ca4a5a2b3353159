// The versions of the catalogue: which is for everybody, which some boxes have by a rollout, and what brings a box from the
// one it has to another.
import type Database from 'better-sqlite3';
import { assert } from '../../../kit/assert.ts';
import type { CataloguePublished, CatalogueView } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';

export interface CatalogueVersions {
  /** The newest that is for everybody; 0 before the first. */
  inForce(): number;
  view(version: number): CatalogueView | null;
  /** The number after all that were given, to those under way as well. */
  next(): number;
  /** The one that the feed of an appliance ends with. */
  of(applianceRef: number): number;
  /** The list that a version was made of; null where it is not known any more. */
  listOf(version: number): number | null;
  insert(made: { list: number; rollout: number | null; figures: CataloguePublished }, nowMs: number): void;
  /** Keeps one from newcomers. */
  hold(rollout: number, version: number): void;
  /** It is for everybody from now on. */
  release(version: number): void;
  /** Those that boxes have: the one in force first, then the ones of the most boxes. @param rollout of its boxes alone */
  bases(rollout: number | null): number[];
  /** What differs between two versions lies in so many documents from that piece on. */
  addWay(way: { version: number; base: number; firstPiece: number; pieces: number }): void;
  /** The bytes that a newcomer is sent after the newest snapshot. */
  chainBytes(): number;
  /** Puts a version into the feed of an appliance, by what it has; answers its position. */
  share(applianceRef: number, version: number): number;
  /** To so many appliances one step may tell a version: each is told in as many rows as it has pieces. */
  toldAtOnceMax(version: number): number;
  /** The same to some that have another than the one in force; false when there was none. */
  tellSome(): boolean;
  /** Puts the one in force into the feed of a newcomer. */
  greet(applianceRef: number): void;
}

/** Rows put into feeds in one step, at least one appliance's. */
const stepFeedRowsMax = 10_000;

export function createCatalogueVersions(
  db: Database.Database,
  { documents, feeds }: { documents: FeedDocuments; feeds: FeedTable },
): CatalogueVersions {
  const newestForAll = db
    .prepare<[number], number>(
      'SELECT coalesce(max(version), 0) FROM catalogue WHERE rollout IS NULL AND version < ?',
    )
    .pluck();
  const numbered = db
    .prepare<[], number>(
      `SELECT coalesce(max(version), 0) FROM (
         SELECT max(version) AS version FROM catalogue UNION ALL SELECT max(version) FROM publication)`,
    )
    .pluck();
  const view = db.prepare<[number], CatalogueView>(
    'SELECT version, products, published_ms AS publishedMs FROM catalogue WHERE version = ?',
  );
  const listOf = db.prepare<[number], number | null>('SELECT list FROM catalogue WHERE version = ?').pluck();
  const insert = db.prepare(
    'INSERT INTO catalogue (version, products, published_ms, list, figures, rollout) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const hold = db.prepare('UPDATE catalogue SET rollout = ? WHERE version = ?');
  const holdComing = db.prepare('UPDATE publication SET rollout = ? WHERE version = ?');
  const basesOfAll = db
    .prepare<[], number>(
      'SELECT catalogue_version FROM appliance GROUP BY catalogue_version ORDER BY count(*) DESC',
    )
    .pluck();
  const basesOf = db
    .prepare<[number], number>(
      `SELECT catalogue_version FROM rollout_box JOIN appliance ON ref = appliance_ref WHERE rollout = ?
       GROUP BY catalogue_version ORDER BY count(*) DESC`,
    )
    .pluck();
  const insertWay = db.prepare(
    'INSERT INTO catalogue_way (version, base, first_piece, pieces) VALUES (@version, @base, @firstPiece, @pieces)',
  );
  const way = db
    .prepare<[number, number], number>(
      `SELECT ref FROM catalogue_way JOIN feed_document ON kind = 'catalogue_delta'
         AND feed_document.version = catalogue_way.version
         AND piece >= first_piece AND piece < first_piece + pieces
       WHERE catalogue_way.version = ? AND base = ? ORDER BY piece`,
    )
    .pluck();
  const longestWay = db
    .prepare<[number], number | null>('SELECT max(pieces) FROM catalogue_way WHERE version = ?')
    .pluck();
  const carriedBy = db
    .prepare<[number], number>('SELECT catalogue_version FROM appliance WHERE ref = ?')
    .pluck();
  const carry = db.prepare('UPDATE appliance SET catalogue_version = ? WHERE ref = ?');
  const untold = db
    .prepare<[number, number], number>('SELECT ref FROM appliance WHERE catalogue_version <> ? LIMIT ?')
    .pluck();

  const inForce = () => newestForAll.get(Number.MAX_SAFE_INTEGER) ?? 0;
  const snapshotOf = (version: number) => documents.between('catalogue', version - 1, version);

  /** The newest snapshot on the way of what was for everybody, and the deltas from there on. */
  function chain(version: number): { snapshot: number[]; deltas: number[] } {
    const deltas: number[] = [];
    for (let at = version; at > 0; ) {
      const snapshot = snapshotOf(at);
      if (snapshot.length > 0) return { snapshot, deltas };
      const before = newestForAll.get(at) ?? 0;
      deltas.unshift(...way.all(at, before));
      at = before;
    }
    assert(version === 0, 'a catalogue begins with a snapshot');
    return { snapshot: [], deltas };
  }

  /** Never past a version that the box has: it would take no snapshot older than that. */
  function documentsFor(version: number, carried: number): number[] {
    const differing = way.all(version, carried);
    if (differing.length > 0) return differing;
    const { snapshot, deltas } = chain(version);
    return [...snapshot, ...deltas];
  }

  const versions: CatalogueVersions = {
    inForce,
    view: (version) => view.get(version) ?? null,
    next: () => (numbered.get() ?? 0) + 1,
    of: (applianceRef) => carriedBy.get(applianceRef) ?? 0,
    listOf: (version) => listOf.get(version) ?? null,
    insert({ list, rollout, figures }, nowMs) {
      const { version, products } = figures;
      insert.run(version, products, nowMs, list, JSON.stringify(figures), rollout);
    },
    hold(rollout, version) {
      hold.run(rollout, version);
      holdComing.run(rollout, version);
    },
    release: (version) => void hold.run(null, version),
    bases(rollout) {
      const carried = rollout === null ? basesOfAll.all() : basesOf.all(rollout);
      return [...new Set([inForce(), ...carried])].filter((version) => version > 0);
    },
    addWay: (found) => void insertWay.run(found),
    chainBytes: () => documents.bytesOf(chain(inForce()).deltas),
    share(applianceRef, version) {
      const carried = versions.of(applianceRef);
      carry.run(version, applianceRef);
      return feeds.share(applianceRef, documentsFor(version, carried)).last;
    },
    toldAtOnceMax(version) {
      const rowsEach = Math.max(snapshotOf(version).length, longestWay.get(version) ?? 0, 1);
      return Math.ceil(stepFeedRowsMax / rowsEach);
    },
    tellSome() {
      const version = inForce();
      const some = untold.all(version, versions.toldAtOnceMax(version));
      for (const applianceRef of some) versions.share(applianceRef, version);
      return some.length > 0;
    },
    greet(applianceRef) {
      if (inForce() > 0) versions.share(applianceRef, inForce());
    },
  };
  return versions;
}
