// Publishing a catalogue, a bounded piece at a time, each piece durable: a list is compared with the one in force, stored
// as what the feeds carry, put in force at once, and told to one appliance after the other. Whoever takes the next step
// goes on where the last one ended, so that a command that was ended leaves nothing half done.
import type Database from 'better-sqlite3';
import { unreachable } from '../../../kit/assert.ts';
import { planPublication } from '../../feed/pieces.ts';
import type { CataloguePublished } from '../published.ts';
import { compareRange, type Found, nothingFound } from './compare-lists.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';
import type { ListSplits, SplitProgress } from './list-splits.ts';
import type { ListTable } from './lists.ts';
import { createPieceWriter } from './piece-writer.ts';

export interface Publishing {
  /** Begins with a list; false while another one is on its way. */
  begin(list: number, nowMs: number): boolean;
  /** Takes the next step; false when nothing is on its way any more. */
  step(nowMs: number): boolean;
  /** True when one is on its way and nobody has taken a step for a while. */
  standsStill(nowMs: number): boolean;
  /** What was published of a list. */
  published(list: number): CataloguePublished | null;
  /** Puts the catalogue in force into the feed of a newcomer. */
  greet(applianceRef: number): void;
}

/** A snapshot, or what differs, as the feed names them. */
type Kind = 'catalogue' | 'catalogue_delta';
type Plan = ReturnType<typeof planPublication>;

type Progress =
  | { kind: 'comparing'; after: string; found: Found }
  | { kind: 'storing'; what: Kind; after: string; piece: number; plan: Plan; found: Found }
  | { kind: 'splitting'; at: SplitProgress; plan: Plan; found: Found }
  | { kind: 'telling'; plan: Plan };

/** In one step: pieces stored, and rows put into feeds (at least one appliance's). */
const stepPiecesMax = 8;
const stepFeedRowsMax = 10_000;
const standsStillMs = 10_000;

export function createPublishing(
  db: Database.Database,
  parts: { documents: FeedDocuments; feeds: FeedTable; lists: ListTable; splits: ListSplits },
): Publishing {
  const { documents, feeds, lists, splits } = parts;
  const underWay = db.prepare<[], { list: number; progress: string }>(
    'SELECT list, progress FROM publication',
  );
  const begin = db.prepare('INSERT INTO publication (one, list, progress, stepped_ms) VALUES (1, ?, ?, ?)');
  const save = db.prepare('UPDATE publication SET progress = ?, stepped_ms = ?');
  const steppedMs = db.prepare<[], number>('SELECT stepped_ms FROM publication').pluck();
  const end = db.prepare('DELETE FROM publication');
  const forgetDifferences = db.prepare('DELETE FROM publication_difference');
  const newest = db.prepare<[], number>('SELECT coalesce(max(version), 0) FROM catalogue').pluck();
  const insertVersion = db.prepare(
    'INSERT INTO catalogue (version, products, published_ms, list, figures) VALUES (?, ?, ?, ?, ?)',
  );
  const figuresOf = db.prepare<[number], string>('SELECT figures FROM catalogue WHERE list = ?').pluck();
  const untold = db.prepare<[number, number], { ref: number; version: number }>(
    'SELECT ref, catalogue_version AS version FROM appliance WHERE catalogue_version <> ? LIMIT ?',
  );
  const carries = db.prepare('UPDATE appliance SET catalogue_version = ? WHERE ref = ?');
  const compare = compareRange(db);
  const writePiece = createPieceWriter(db, documents);

  const version = () => newest.get() ?? 0;

  /** For a feed that has no catalogue: the newest snapshot and the deltas that follow it. */
  function chain(): number[] {
    const inForce = version();
    const snapshot = documents.newest('catalogue', inForce);
    return [
      ...documents.between('catalogue', snapshot - 1, inForce),
      ...documents.between('catalogue_delta', snapshot, inForce),
    ];
  }

  function advance(list: number, progress: Progress, nowMs: number): Progress | null {
    switch (progress.kind) {
      case 'comparing': {
        const { after, found } = compare({ list, base: lists.inForce(), ...progress });
        return after === null ? planned(found) : { kind: 'comparing', after, found };
      }
      case 'storing':
        return store(list, progress);
      case 'splitting':
        return split(list, progress, nowMs);
      case 'telling':
        return tell(progress.plan) ? progress : null;
      default:
        return unreachable(progress);
    }
  }

  function planned(found: Found): Progress {
    const plan = planPublication({
      hasBase: version() > 0,
      deltaBytes: found.delta.bytes,
      snapshotBytes: found.snapshot.bytes,
      chainBytes: documents.bytesAfter('catalogue_delta', documents.newest('catalogue', version())),
    });
    return storing(plan.delta ? 'catalogue_delta' : 'catalogue', plan, found);
  }

  function store(list: number, from: Progress & { kind: 'storing' }): Progress {
    const { what, plan, found } = from;
    const base = version();
    const { pieces } = what === 'catalogue' ? found.snapshot.cut : found.delta.cut;
    let { after, piece } = from;
    for (let i = 0; i < stepPiecesMax && piece <= pieces; i++) {
      after = writePiece({ kind: what, list, after, piece, pieces, base, version: base + 1 });
      piece++;
    }
    if (piece <= pieces) return { ...from, after, piece };
    if (what === 'catalogue_delta' && plan.snapshot) return storing('catalogue', plan, found);
    return { kind: 'splitting', at: { pass: 'set', after: '' }, plan, found };
  }

  function split(list: number, from: Progress & { kind: 'splitting' }, nowMs: number): Progress {
    const at = splits.step(list, version() + 1, from.at);
    if (at !== null) return { ...from, at };
    putInForce(list, version() + 1, from.plan, from.found, nowMs);
    return { kind: 'telling', plan: from.plan };
  }

  function putInForce(list: number, next: number, plan: Plan, found: Found, nowMs: number): void {
    const { added, changed, removed } = found;
    const products = lists.countOf(list);
    const published: CataloguePublished = {
      version: next,
      products,
      added,
      changed,
      removed,
      sent: plan.delta ? 'delta' : 'snapshot',
      pieces: (plan.delta ? found.delta : found.snapshot).cut.pieces,
    };
    lists.putInForce(list);
    insertVersion.run(next, products, nowMs, list, JSON.stringify(published));
    forgetDifferences.run();
  }

  /** False when every appliance has been told. */
  function tell(plan: Plan): boolean {
    const inForce = version();
    const whole = chain();
    const delta = documents.between('catalogue_delta', inForce - 1, inForce);
    const some = untold.all(inForce, Math.ceil(stepFeedRowsMax / Math.max(whole.length, 1)));
    for (const appliance of some) {
      const carriesBase = appliance.version === inForce - 1;
      feeds.share(appliance.ref, plan.delta && carriesBase ? delta : whole);
      carries.run(inForce, appliance.ref);
    }
    return some.length > 0;
  }

  return {
    begin(list, nowMs) {
      if (underWay.get() !== undefined) return false;
      const progress: Progress = { kind: 'comparing', after: '', found: nothingFound };
      begin.run(list, JSON.stringify(progress), nowMs);
      return true;
    },
    step(nowMs) {
      const row = underWay.get();
      if (!row) return false;
      const next = advance(row.list, JSON.parse(row.progress) as Progress, nowMs);
      if (next) save.run(JSON.stringify(next), nowMs);
      else end.run();
      return next !== null;
    },
    standsStill(nowMs) {
      const stepped = steppedMs.get();
      // A clock that was set back makes no step younger for ever.
      return stepped !== undefined && Math.abs(nowMs - stepped) > standsStillMs;
    },
    published(list) {
      const figures = figuresOf.get(list);
      return figures === undefined ? null : (JSON.parse(figures) as CataloguePublished);
    },
    greet(applianceRef) {
      feeds.share(applianceRef, chain());
      carries.run(version(), applianceRef);
    },
  };
}

function storing(what: Kind, plan: Plan, found: Found): Progress {
  return { kind: 'storing', what, after: '', piece: 1, plan, found };
}
