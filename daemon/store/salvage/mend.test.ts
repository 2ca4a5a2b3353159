// A damaged journal is set aside, what is whole of it goes on, and what is not is named: real files, spoilt byte by byte.
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SalvageEntry } from '../../../contract/entry.ts';
import type { FeedItem } from '../../../contract/feed.ts';
import { manualClock } from '../../../kit/clock.ts';
import type { AcceptAnswer, Command, StoreStatus } from '../commands.ts';
import { openStore, type Store } from '../store.ts';
import {
  feedId,
  firstFeed,
  pennies,
  plentyOfSpace,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from '../temporary-store.ts';
import { mendJournal } from './mend.ts';
import { openMended } from './open-mended.ts';
import { openForReading } from './readable.ts';
import { beganAnew, type SetAside, writeSetAside } from './set-aside.ts';
import { suspect, suspecting } from './suspicion.ts';
import { verifyJournal } from './verify.ts';

const sold = 120;
let shop: TemporaryStore;
let path: string;
let store: Store | null;
let closed: boolean;
const clock = manualClock();
beforeEach(() => {
  shop = temporaryStore();
  shop.execute(...Array.from({ length: sold }, (_, n) => submit.checkout(n + 1, pennies(n + 1))));
  path = join(shop.folder, 'journal.db');
  store = null;
  closed = false;
});
afterEach(() => {
  store?.close();
  if (!closed) shop.close();
  rmSync(shop.folder, { recursive: true });
});

/** As a process that is gone leaves it: all is in the file. */
function stop(): void {
  shop.close();
  closed = true;
}
function start(): SetAside | null {
  const opened = openMended({ folder: shop.folder, space: plentyOfSpace, clock });
  store = opened.store;
  return opened.setAside;
}
const execute = (command: Command) => store?.execute([command])[0];
const submitted = (command: Command) => execute(command) as AcceptAnswer;
const status = () => execute({ kind: 'status' }) as StoreStatus;
const conditions = () => status().conditions.map(({ code }) => code);

function inside<T>(read: (db: BetterSqlite3.Database) => T, file = path): T {
  const db = new BetterSqlite3(file);
  try {
    return read(db);
  } finally {
    db.close();
  }
}
const bodies = (file = path) =>
  inside((db) => db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all(), file).map(
    String,
  );
const change = (sql: string) =>
  inside((db) => {
    db.exec(`DROP TRIGGER entry_is_never_edited; DROP TRIGGER unreceived_entry_is_never_removed; ${sql}`);
  });

/** Spoils the pages of a table, or the one on which a text stands. */
function spoil(pages: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const page of pages) bytes.fill(0xff, (page - 1) * 4096, page * 4096);
  writeFileSync(path, bytes);
}
const pageOf = (text: string) => Math.floor(readFileSync(path).indexOf(text) / 4096) + 1;
const rootOf = (table: string) =>
  inside((db) => Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table)));

function findings() {
  const db = openForReading(shop.folder);
  const verified = db && verifyJournal(db, () => {});
  db?.close();
  return verified?.findings;
}
const beginning = () => SalvageEntry.parse(JSON.parse(bodies()[0] ?? ''));
const seqsOf = (ranges: SalvageEntry['lost']) =>
  ranges.flatMap(({ firstSeq, lastSeq }) =>
    Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i),
  );

describe('a sound journal', () => {
  it('is left as it is, byte for byte', () => {
    stop();
    const before = readFileSync(path);
    expect(mendJournal({ folder: shop.folder, clock })).toBeNull();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is left alone on a doubt that proves unfounded, which is then forgotten', () => {
    stop();
    suspect(shop.folder, { cause: 'fallen_back', journalId: uuid(1), receivedThrough: 1000 });
    expect(mendJournal({ folder: shop.folder, clock })).toBeNull();
    expect(existsSync(join(shop.folder, 'journal.suspect'))).toBe(false);
  });

  it('of another program is not touched, and neither is that of a newer release', () => {
    stop();
    inside((db) => db.exec('CREATE TABLE newer (id) ; PRAGMA user_version = 99'));
    expect(mendJournal({ folder: shop.folder, clock })).toBeNull();
    expect(() => openStore({ folder: shop.folder, space: plentyOfSpace, clock })).toThrow(/schema 99/);
  });

  it('is made anew once for a failure that a look does not explain, and not for the same again', () => {
    stop();
    const fail = () => {
      throw new Error('assertion failed: as on a bad day');
    };
    expect(() => suspecting(shop.folder, fail)).toThrow('bad day');
    expect(start()).toMatchObject({ words: expect.stringContaining('bad day'), lost: [] });
    store?.close();
    store = null;
    expect(() => suspecting(shop.folder, fail)).toThrow('bad day');
    expect(start()).toBeNull();
  });
});

describe('a journal with a damaged page of entries', () => {
  const spoilEntries = () => {
    stop();
    const written = bodies();
    spoil([pageOf('"totalMinor":115')]);
    return { written, damaged: readFileSync(path) };
  };

  it('goes on as another, with every entry that can be read byte for byte, and names the others', () => {
    const { written, damaged } = spoilEntries();
    const before = shop.folder && readFileSync(join(shop.folder, 'journal.id'), 'utf8').trim();
    const setAside = start();
    const { fromJournalId, lost, carried, unproven, slipsSkipped } = beginning();
    const gone = seqsOf(lost);
    expect(gone.length).toBeGreaterThan(0);
    expect(gone).toContain(115);
    expect(bodies().slice(1)).toEqual(written.filter((_, i) => !gone.includes(i + 1)));
    expect(carried).toBe(sold - gone.length);
    expect(unproven).toHaveLength(1);
    expect(slipsSkipped).toBeUndefined();
    expect(fromJournalId).toBe(before);
    expect(status().journal).toMatchObject({ lastSeq: carried + 1, receivedThrough: 0 });
    expect(status().journal.journalId).not.toBe(before);
    expect(readFileSync(join(shop.folder, setAside?.file ?? '')).equals(damaged)).toBe(true);
    expect(findings()).toEqual([]);
  });

  it('sells on in the same start, with a slip that was never given', () => {
    spoilEntries();
    start();
    const sale = submitted(submit.checkout(1000, pennies(5)));
    expect(sale).toMatchObject({ kind: 'answered', answer: { verdict: 'approved_offline', slip: sold + 1 } });
  });

  it('answers a repeated checkout that was carried as before, and one that was lost not at all', () => {
    const first = shop.execute(submit.checkout(7, pennies(7)))[0] as AcceptAnswer;
    spoilEntries();
    start();
    const again = submitted(submit.checkout(7, pennies(7)));
    if (first.kind !== 'answered' || again.kind !== 'answered') return expect.fail('not answered');
    const { seq: _, ...same } = first.answer;
    expect(again.answer).toMatchObject(same);
    expect(submitted(submit.checkout(7, pennies(8)))).toMatchObject({ code: 'idempotency_conflict' });
    const lastSeq = status().journal.lastSeq;
    expect(submitted(submit.checkout(115, pennies(115)))).toMatchObject({ code: 'document_in_doubt' });
    expect(submitted(submit.void(900, uuid(115)))).toMatchObject({ code: 'document_in_doubt' });
    expect(status().journal.lastSeq).toBe(lastSeq);
  });

  it('halves the exposure limit until central has its first entry, and counts what was carried', () => {
    spoilEntries();
    const limit = 10_000_000;
    start();
    const gone = seqsOf(beginning().lost);
    const carriedMinor = (sold * (sold + 1)) / 2 - gone.reduce((sum, seq) => sum + seq, 0);
    expect(status().exposure).toMatchObject({ totalMinor: carriedMinor, limitMinor: limit / 2 });
    expect(conditions()).toEqual(['journal_salvaged', 'exposure_halved']);
    const hash = inside((db) => db.prepare<[], Buffer>('SELECT hash FROM entry WHERE seq = 1').pluck().get());
    const { journalId } = status().journal;
    execute({ kind: 'received', journalId, receivedThrough: 1, hash: hash?.toString('hex') ?? '' });
    expect(status().exposure.limitMinor).toBe(limit);
    expect(conditions()).toEqual(['journal_salvaged']);
  });

  it('says so until a technician has taken note', () => {
    spoilEntries();
    const setAside = start() ?? expect.fail('nothing was set aside');
    const [condition] = status().conditions;
    expect(condition?.hint).toMatch(
      /^The journal was damaged: \d+ of 120 entries were kept; lost \d+ to \d+, /,
    );
    expect(condition?.hint).toContain(setAside.file);
    writeSetAside(shop.folder, { ...setAside, acknowledgedMs: 1 });
    clock.advance(2000);
    expect(conditions()).toEqual(['exposure_halved']);
  });

  it('keeps the feed, goods and the rest of what it knew', () => {
    shop.feed({ kind: 'stock', changes: [{ sku: 'pencil', change: 'set', quantity: 9 }] });
    spoilEntries();
    start();
    expect(status()).toMatchObject({ feed: { appliedThrough: 3 }, catalogue: { version: 1, products: 2 } });
    const pencils = (n: number, quantity: number) =>
      submit.checkout(n, pennies(199 * quantity, { lines: [{ sku: 'pencil', quantity }] }));
    expect(submitted(pencils(1000, 10))).toMatchObject({ answer: { verdict: 'refused' } });
    expect(submitted(pencils(1001, 9))).toMatchObject({ answer: { verdict: 'approved_offline' } });
  });

  it('is salvaged again when the salvaged one is damaged, with the first salvage among its entries', () => {
    spoilEntries();
    start();
    store?.close();
    spoil([pageOf('"totalMinor":51')]);
    start();
    const second = beginning();
    expect(second.lost.length).toBe(1);
    expect(JSON.parse(bodies()[1] ?? '')).toMatchObject({ kind: 'salvage' });
    expect(submitted(submit.checkout(115, pennies(115)))).toMatchObject({ code: 'document_in_doubt' });
    expect(readdirSync(shop.folder).filter((name) => /damaged-\d+$/.test(name))).toHaveLength(2);
  });
});

describe('a journal with other damage', () => {
  it('carries everything where the tree above the entries is damaged, as itself', () => {
    stop();
    const written = bodies();
    const root = rootOf('entry');
    spoil([root]);
    const setAside = start() ?? expect.fail('nothing was set aside');
    expect(beganAnew(setAside)).toBe(false);
    expect(bodies()).toEqual(written);
    expect(conditions()).toEqual(['journal_salvaged']);
    expect(submitted(submit.checkout(5, pennies(5)))).toMatchObject({ answer: { slip: 5 } });
  });

  it('carries every entry where the first page is damaged, asks for the feed, and sells once it has come', () => {
    stop();
    const written = bodies();
    spoil([1]);
    const setAside = start();
    expect(setAside).toMatchObject({ feedAgain: true, carried: sold });
    expect(bodies().slice(-sold)).toEqual(written);
    expect(submitted(submit.checkout(1000, pennies(5)))).toMatchObject({ code: 'catalogue_missing' });
    execute({ kind: 'followFeed', feedId, feedHead: 2 });
    execute({ kind: 'feed', feedId, firstPosition: 1, items: firstFeed });
    // Nothing tells that these were all: numbers are left out, as many as may have been given.
    expect(submitted(submit.checkout(1000, pennies(5)))).toMatchObject({ answer: { slip: sold + 1501 } });
  });

  it.each([
    ['among the newest', 117, 0],
    ['that goes out to central', 17, 1000],
  ])('leaves out an entry that was changed, %s, and names it', (_, seq, more) => {
    shop.execute(...Array.from({ length: more }, (_unused, n) => submit.checkout(2000 + n, pennies(1))));
    stop();
    const entry = `CAST(replace(CAST(body AS TEXT), '"totalMinor":${seq}', '"totalMinor":9') AS BLOB)`;
    change(`UPDATE entry SET body = ${entry} WHERE seq = ${seq}`);
    if (seq === 17) {
      expect(start()).toBeNull();
      const entries = { kind: 'entries', afterSeq: 0, itemsMax: 400, bytesMax: 1e6 } as const;
      expect(() => execute(entries)).toThrow('follow from each other');
      store?.close();
    }
    start();
    expect(beginning()).toMatchObject({
      lost: [],
      altered: [{ firstSeq: seq, lastSeq: seq }],
      carried: sold + more - 1,
    });
    expect(submitted(submit.checkout(seq, pennies(seq)))).toMatchObject({ code: 'document_in_doubt' });
  });

  it('begins anew where nothing tells which journal it was, and loses nothing', () => {
    stop();
    rmSync(join(shop.folder, 'journal.id'));
    spoil([rootOf('position')]);
    const written = bodies();
    start();
    expect(beginning()).toMatchObject({ carried: sold, lost: [], altered: [], unproven: [], lastSeq: sold });
    expect(beginning().fromJournalId).toBeUndefined();
    expect(bodies().slice(1)).toEqual(written);
    expect(submitted(submit.checkout(1000, pennies(5)))).toMatchObject({ answer: { slip: sold + 1 } });
  });

  it('is itself where only the row of its positions is gone and the file beside it says which it is', () => {
    const { journalId } = shop.ask('position', {});
    stop();
    spoil([rootOf('position')]);
    start();
    expect(status().journal).toMatchObject({ journalId, lastSeq: sold, receivedThrough: 0 });
    expect(status().exposure.totalMinor).toBe((sold * (sold + 1)) / 2);
    expect(findings()).toEqual([]);
  });

  it('is missed where the file is empty or gone, though nothing is left of it', () => {
    const { journalId } = shop.ask('position', {});
    stop();
    truncateSync(path, 0);
    start();
    expect(beginning()).toMatchObject({ fromJournalId: journalId, carried: 0, lastSeq: 0 });
    expect(conditions()).toContain('journal_salvaged');
  });

  it('keeps what is before the end of a file that was cut short', () => {
    stop();
    const written = bodies();
    const bytes = readFileSync(path).length;
    truncateSync(path, bytes - 5 * 4096 - 100);
    start();
    const { lost, altered, carried } = beginning();
    const gone = seqsOf([...lost, ...altered]);
    expect(carried).toBeGreaterThan(sold / 2);
    expect(bodies().slice(1)).toEqual(written.filter((_, i) => !gone.includes(i + 1)));
    expect(submitted(submit.checkout(1000, pennies(5)))).toMatchObject({
      answer: { slip: expect.any(Number) },
    });
    const { slip } = (submitted(submit.checkout(1001, pennies(5))) as { answer: { slip: number } }).answer;
    expect(slip).toBeGreaterThan(sold);
  });

  it('takes the goods as they are kept when the feed is asked again, and no change of them twice', () => {
    shop.feed({ kind: 'stock', changes: [{ sku: 'pencil', change: 'set', quantity: 9 }] });
    shop.execute(submit.checkout(500, pennies(398, { lines: [{ sku: 'pencil', quantity: 2 }] })));
    stop();
    spoil([rootOf('policy')]);
    expect(start()).toMatchObject({ feedAgain: true });
    const stock: FeedItem = { kind: 'stock', changes: [{ sku: 'pencil', change: 'set', quantity: 9 }] };
    execute({ kind: 'feed', feedId, firstPosition: 1, items: [...firstFeed, stock] });
    const eight = pennies(199 * 8, { lines: [{ sku: 'pencil', quantity: 8 }] });
    expect(submitted(submit.checkout(501, eight))).toMatchObject({ answer: { verdict: 'refused' } });
    const more: FeedItem = { kind: 'stock', changes: [{ sku: 'pencil', change: 'add', quantity: 1 }] };
    execute({ kind: 'feed', feedId, firstPosition: 4, items: [more] });
    expect(submitted(submit.checkout(502, eight))).toMatchObject({ answer: { verdict: 'approved_offline' } });
  });
});

describe('a log that SQLite reads only in part', () => {
  /** As a process that was killed leaves it, with so much in the log; a copy, for the log goes when SQLite closes the file. */
  const killed = () => {
    for (let n = 0; n < 40; n++) shop.execute(submit.checkout(1000 + n, pennies(n + 1)));
    const written = bodies();
    const files = ['', '-wal'].map((part) => [path + part, readFileSync(path + part)] as const);
    const { journalId } = shop.ask('position', {});
    stop();
    rmSync(`${path}-shm`, { force: true });
    for (const [name, bytes] of files) writeFileSync(name, bytes);
    return { written, journalId, log: `${path}-wal` };
  };

  it('gives back what stands behind a bit that flipped: nothing is lost', () => {
    const { written, log } = killed();
    const bytes = readFileSync(log);
    const at = 32 + 10 * 4120 + 24 + 2000;
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    writeFileSync(log, bytes);
    const setAside = start();
    expect(setAside?.words).toContain('log');
    const kept = bodies().filter((body) => written.includes(body));
    const gone = setAside ? seqsOf([...setAside.lost, ...setAside.altered]) : [];
    expect(kept).toEqual(written.filter((_, i) => !gone.includes(i + 1)));
    expect(gone.length).toBeLessThanOrEqual(1);
    expect(submitted(submit.checkout(3000, pennies(5)))).toMatchObject({ answer: { slip: sold + 41 } });
  });

  it('that ends in the middle of a transaction is no damage: that one was never answered', () => {
    const { log } = killed();
    truncateSync(log, readFileSync(log).length - 2000);
    expect(start()).toBeNull();
    expect(status().journal.lastSeq).toBe(sold + 39);
  });

  it('that is gone is no damage that a look can see; central’s receipt tells, and the rest is named', () => {
    shop.reopen();
    const { journalId, log } = killed();
    truncateSync(log, 0);
    expect(start()).toBeNull();
    const { lastSeq } = status().journal;
    expect(lastSeq).toBeLessThan(sold + 40);
    store?.close();
    suspect(shop.folder, { cause: 'fallen_back', journalId, receivedThrough: sold + 30 });
    start();
    expect(beginning()).toMatchObject({
      cause: 'fallen_back',
      fromJournalId: journalId,
      receivedThrough: sold + 30,
      lastSeq: sold + 30,
      carried: lastSeq,
      lost: [{ firstSeq: lastSeq + 1, lastSeq: sold + 30 }],
    });
    // Beyond the receipt nobody knows how many were sold.
    const next = submitted(submit.checkout(3000, pennies(5)));
    expect(next.kind === 'answered' && next.answer.slip).toBeGreaterThan(sold + 40);
    expect(beginning().slipsSkipped).toMatchObject({ first: lastSeq + 1 });
  });
});
