// Publishing a catalogue, a bounded piece at a time, each piece durable: a list is compared with what boxes have, stored as
// what the feeds carry, made a version at once, and told to one appliance after the other, or left to a rollout. Whoever
// takes the next step goes on where the last one ended, so that a command that was ended leaves nothing half done.
import type Database from 'better-sqlite3';
import { unreachable } from '../../../kit/assert.ts';
import { planPublication } from '../../feed/pieces.ts';
import type { CataloguePublished } from '../published.ts';
import type { CatalogueVersions } from './catalogue-versions.ts';
import { compareRange, type Found, nothingFound } from './compare-lists.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { ListSplits, SplitProgress } from './list-splits.ts';
import type { ListTable } from './lists.ts';
import { createPieceWriter } from './piece-writer.ts';

export interface Publishing {
  /** Begins with a list, behind those that are on their way; answers the version that it becomes. */
  begin(list: number, nowMs: number): number;
  /** Takes the next step; false when nothing is on its way any more. */
  step(nowMs: number): boolean;
  underWay(): boolean;
  /** True when one is on its way and nobody has taken a step for a while. */
  standsStill(nowMs: number): boolean;
  /** What was published of a list. */
  published(list: number): CataloguePublished | null;
}

/** A snapshot, or what differs, as the feed names them. */
type Kind = 'catalogue' | 'catalogue_delta';

/** What is known of a version to come. */
interface Making {
  /** The versions that it is still to be compared with, the one at work first; 0: there is none, and all is new. */
  bases: number[];
  /** Pieces stored of what differs from any of them. */
  piecesStored: number;
  /** Somebody needs it whole. */
  whole: boolean;
  /** Against the first of them. */
  figures: Omit<CataloguePublished, 'version' | 'products'> | null;
}

type Progress =
  | { kind: 'beginning' }
  | { kind: 'comparing'; making: Making; after: string; found: Found }
  | {
      kind: 'storing';
      what: Kind;
      making: Making;
      after: string;
      piece: number;
      pieces: number;
      found: Found;
    }
  | { kind: 'splitting'; making: Making; at: SplitProgress }
  | { kind: 'telling' };

interface Row {
  version: number;
  list: number;
  rollout: number | null;
  progress: string;
}

/** Pieces stored in one step. */
const stepPiecesMax = 8;
const standsStillMs = 10_000;
/** Versions from which what differs is made: boxes that have another, after many rollouts to some, get it whole. */
const basesMax = 8;

export function createPublishing(
  db: Database.Database,
  parts: { documents: FeedDocuments; versions: CatalogueVersions; lists: ListTable; splits: ListSplits },
): Publishing {
  const { documents, versions, lists, splits } = parts;
  const next = db.prepare<[], Row>(
    'SELECT version, list, rollout, progress FROM publication ORDER BY version LIMIT 1',
  );
  const begin = db.prepare(
    'INSERT INTO publication (version, list, progress, stepped_ms) VALUES (?, ?, ?, ?)',
  );
  const save = db.prepare('UPDATE publication SET progress = ?, stepped_ms = ? WHERE version = ?');
  const steppedMs = db.prepare<[], number | null>('SELECT max(stepped_ms) FROM publication').pluck();
  const end = db.prepare('DELETE FROM publication WHERE version = ?');
  const forgetDifferences = db.prepare('DELETE FROM publication_difference');
  const figuresOf = db
    .prepare<[number], string>('SELECT figures FROM catalogue WHERE list = ? ORDER BY version LIMIT 1')
    .pluck();
  const compare = compareRange(db);
  const writePiece = createPieceWriter(db, documents);

  /** The step after; null at the end. */
  function advance(row: Row, progress: Progress, nowMs: number): Progress | null {
    switch (progress.kind) {
      case 'beginning':
        return comparing(basesOf(row));
      case 'comparing': {
        const base = versions.listOf(progress.making.bases[0] ?? 0);
        const { after, found } = compare({ list: row.list, base, ...progress });
        return after === null ? compared(row, progress.making, found) : { ...progress, after, found };
      }
      case 'storing':
        return store(row, progress);
      case 'splitting':
        return split(row, progress, nowMs);
      case 'telling':
        return versions.tellSome() ? progress : null;
      default:
        return unreachable(progress);
    }
  }

  function basesOf({ rollout }: Row): Making {
    const carried = versions.bases(rollout);
    const bases = carried.slice(0, basesMax).filter((version) => versions.listOf(version) !== null);
    const whole = bases.length < carried.length;
    return { bases: bases.length > 0 ? bases : [0], piecesStored: 0, whole, figures: null };
  }

  function compared({ rollout }: Row, before: Making, found: Found): Progress {
    const isFirst = before.figures === null;
    const plan = planPublication({
      hasBase: before.bases[0] !== 0,
      deltaBytes: found.delta.bytes,
      snapshotBytes: found.snapshot.bytes,
      // Newcomers come by what is for everybody.
      chainBytes: isFirst && rollout === null ? versions.chainBytes() : 0,
    });
    const { added, changed, removed, delta, snapshot } = found;
    const sent = plan.delta ? 'delta' : 'snapshot';
    const { pieces } = (plan.delta ? delta : snapshot).cut;
    const figures = before.figures ?? { added, changed, removed, sent, pieces };
    const making: Making = { ...before, whole: before.whole || plan.snapshot, figures };
    return plan.delta ? storing('catalogue_delta', making, pieces, found) : following(making, found);
  }

  /** What comes after one of the bases. */
  function following(made: Making, found: Found): Progress {
    forgetDifferences.run();
    const making = { ...made, bases: made.bases.slice(1) };
    if (making.bases.length > 0) return comparing(making);
    if (making.whole) return storing('catalogue', making, found.snapshot.cut.pieces, found);
    return splitting(making);
  }

  function store({ list, version }: Row, from: Progress & { kind: 'storing' }): Progress {
    const { what, pieces, making, found } = from;
    const base = making.bases[0] ?? 0;
    const stored = what === 'catalogue' ? 0 : making.piecesStored;
    let { after, piece } = from;
    for (let i = 0; i < stepPiecesMax && piece <= pieces; i++) {
      after = writePiece({ kind: what, list, after, piece, pieces, base, version, place: stored + piece });
      piece++;
    }
    if (piece <= pieces) return { ...from, after, piece };
    if (what === 'catalogue') return splitting(making);
    versions.addWay({ version, base, firstPiece: stored + 1, pieces });
    return following({ ...making, piecesStored: stored + pieces }, found);
  }

  function split(
    { list, version, rollout }: Row,
    from: Progress & { kind: 'splitting' },
    nowMs: number,
  ): Progress | null {
    const at = splits.step(list, version, from.at);
    if (at !== null) return { ...from, at };
    const { figures } = from.making;
    if (figures === null) throw new Error('a list is compared before its splits are written');
    lists.publish(list);
    versions.insert(
      { list, rollout, figures: { version, products: lists.countOf(list), ...figures } },
      nowMs,
    );
    return rollout === null ? { kind: 'telling' } : null;
  }

  return {
    begin(list, nowMs) {
      const version = versions.next();
      const progress: Progress = { kind: 'beginning' };
      begin.run(version, list, JSON.stringify(progress), nowMs);
      return version;
    },
    step(nowMs) {
      const row = next.get();
      if (!row) return false;
      const progress = advance(row, JSON.parse(row.progress) as Progress, nowMs);
      if (progress) save.run(JSON.stringify(progress), nowMs, row.version);
      else end.run(row.version);
      return next.get() !== undefined;
    },
    underWay: () => next.get() !== undefined,
    standsStill(nowMs) {
      const stepped = steppedMs.get();
      // A clock that was set back makes no step younger for ever.
      return typeof stepped === 'number' && Math.abs(nowMs - stepped) > standsStillMs;
    },
    published(list) {
      const figures = figuresOf.get(list);
      return figures === undefined ? null : (JSON.parse(figures) as CataloguePublished);
    },
  };
}

function comparing(making: Making): Progress {
  return { kind: 'comparing', making, after: '', found: nothingFound };
}

function storing(what: Kind, making: Making, pieces: number, found: Found): Progress {
  return { kind: 'storing', what, making, after: '', piece: 1, pieces, found };
}

function splitting(making: Making): Progress {
  return { kind: 'splitting', making, at: { pass: 'set', after: '' } };
}
