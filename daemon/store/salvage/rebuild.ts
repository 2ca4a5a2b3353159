// The journal that goes on, made beside the damaged one: its entries byte for byte, what they come to counted anew, the rest as
// far as it can be read. Nothing of the damaged file is changed.
import { closeSync, fsyncSync, openSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { type Entry, type EntryTime, SalvageEntry } from '../../../contract/entry.ts';
import { chainHash, genesisHash } from '../../../contract/hash.ts';
import { assert } from '../../../kit/assert.ts';
import { syncFolder } from '../../../kit/durable-file.ts';
import { migrate } from '../../../kit/sqlite.ts';
import { applicationId, migrationsFolder } from '../database.ts';
import { idBytes } from '../documents.ts';
import { type Copied, copyTables } from './copy-tables.ts';
import type { DamagedJournal, OldPosition } from './damaged-journal.ts';
import { entryIn } from './entry-body.ts';
import { ownAsFolder, type Places, removeDatabase } from './places.ts';
import { isWhole, type Reckoning } from './reckoning.ts';
import { openRecount } from './recount.ts';
import { copySiteTime } from './site-row.ts';

export interface Rebuilt {
  journalId: string;
  feedAgain: boolean;
}

/** What is chosen once, so that every try comes to the same. */
export interface NewJournal {
  journalId: string;
  entryId: string;
  at: EntryTime;
}

/** Makes the new file; it is whole and on the disk when this returns. @param onStep called between any two steps */
export function rebuild(
  places: Places,
  damaged: DamagedJournal,
  reckoning: Reckoning,
  fresh: NewJournal,
  onStep: (step: string) => void,
): Rebuilt {
  removeDatabase(places.made);
  const db = new BetterSqlite3(places.made);
  try {
    ownAsFolder(places.made, places.folder);
    // Until it has its name it may be thrown away at any moment.
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    migrate(db, migrationsFolder, applicationId);
    onStep('schema made');
    db.exec('BEGIN');
    const rebuilt = fill(db, damaged, reckoning, fresh, onStep);
    db.exec('COMMIT');
    onStep('filled');
    const [said] = db.prepare<[], string>('PRAGMA quick_check(1)').pluck().all();
    assert(said === 'ok', `the new journal is sound: ${said}`);
    return rebuilt;
  } finally {
    db.close();
    const file = openSync(places.made, 'r');
    fsyncSync(file);
    closeSync(file);
    syncFolder(places.folder);
  }
}

function fill(
  db: Database,
  damaged: DamagedJournal,
  reckoning: Reckoning,
  fresh: NewJournal,
  onStep: (step: string) => void,
): Rebuilt {
  const whole = isWhole(reckoning);
  const journalId = (whole ? reckoning.fromJournalId : null) ?? fresh.journalId;
  db.prepare('INSERT INTO position (id, journal_id) VALUES (1, ?)').run(journalId);
  const append = appending(db);
  if (!whole) append(beginning(reckoning, fresh));
  const copied = copyTables(damaged.db, db, fresh.at.wallMs);
  onStep('tables copied');

  const notCarried = [...reckoning.lost, ...reckoning.altered];
  const lastNotCarried = Math.max(0, ...notCarried.map(({ lastSeq }) => lastSeq));
  const recount = openRecount(damaged.db, db, lastNotCarried);
  for (const judged of damaged.judged()) {
    if (judged.kind !== 'proven' && judged.kind !== 'unproven') continue;
    const entry = entryIn(judged.entry.body, judged.kind === 'proven');
    const seq = append({
      body: judged.entry.body,
      kind: judged.entry.kind,
      entry,
      wallMs: judged.entry.wallMs,
    });
    if (entry) recount.add(entry, seq, judged.entry.seq);
  }
  onStep('entries carried');
  recount.end(!copied.riskTotals);
  const feedAgain = needsFeedAgain(damaged.position, copied, recount.unread);
  copySiteTime(damaged.db, db);
  setPosition(db, damaged.position, reckoning, { whole, feedAgain });
  return { journalId, feedAgain };
}

interface Appended {
  body: Buffer;
  kind: string;
  /** Null for what is no entry of a release that is known here. */
  entry: Entry | null;
  wallMs: number;
}

function appending(db: Database): (appended: Appended) => number {
  const insert = db.prepare(
    'INSERT INTO entry (seq, kind, checkout_id, body, hash, wall_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  let seq = 0;
  let hash: Buffer = genesisHash;
  return ({ body, kind, entry, wallMs }) => {
    seq++;
    hash = chainHash(hash, seq, body);
    insert.run(seq, entry?.kind ?? kind, entry && checkoutOf(entry), body, hash, entry?.at.wallMs ?? wallMs);
    return seq;
  };
}

function beginning(reckoning: Reckoning, { entryId, at }: NewJournal): Appended {
  const { cause, fromJournalId, receivedThrough, lastSeq, carried, lost, altered, unproven, slips } =
    reckoning;
  const entry = SalvageEntry.parse({
    kind: 'salvage',
    id: entryId,
    at,
    cause,
    ...(fromJournalId !== null && { fromJournalId }),
    receivedThrough,
    lastSeq,
    carried,
    lost,
    altered,
    unproven,
    ...(slips.skipped && {
      slipsSkipped: { ...(slips.year !== null && { year: slips.year }), ...slips.skipped },
    }),
  } satisfies SalvageEntry);
  return { body: Buffer.from(JSON.stringify(entry)), kind: 'salvage', entry, wallMs: at.wallMs };
}

/** The checkout an entry is about, as the column of its row has it. */
function checkoutOf(entry: Entry): Buffer | null {
  switch (entry.kind) {
    case 'checkout':
      return idBytes(entry.id);
    case 'void':
    case 'fulfilment':
    case 'decision':
      return idBytes(entry.checkoutId);
    case 'refund':
      return 'checkoutId' in entry.refund ? idBytes(entry.refund.checkoutId) : null;
    case 'salvage':
    case 'synthetic':
      return null;
  }
}

function needsFeedAgain(position: OldPosition | null, copied: Copied, unread: number): boolean {
  if (position !== null && position.feedId === null) return false;
  return position === null || unread > 0 || !copied.policy || !copied.catalogue || !copied.hotList;
}

function setPosition(
  db: Database,
  position: OldPosition | null,
  { slips, receivedThrough, lastSeq }: Reckoning,
  { whole, feedAgain }: { whole: boolean; feedAgain: boolean },
): void {
  // Unknown: through where the feed ends when central is next heard.
  const stockThrough = feedAgain ? (position?.appliedThrough ?? -1) : 0;
  db.prepare(
    `UPDATE position SET received_through = ?, feed_id = ?, applied_through = ?, stock_through = ?, last_slip = ?,
       slip_year = ?, exposure_minor = (SELECT coalesce(sum(exposed_minor), 0) FROM document),
       exposure_count = (SELECT count(*) FROM document WHERE exposed_minor > 0)`,
  ).run(
    whole ? Math.min(receivedThrough, lastSeq) : 0,
    position?.feedId ?? null,
    feedAgain ? 0 : (position?.appliedThrough ?? 0),
    stockThrough,
    slips.last,
    slips.year,
  );
}
