// What a damaged file still gives, and that nothing wrong in it goes unnamed: real files, spoilt byte by byte.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHash, genesisHash } from '../../../contract/hash.ts';
import { pennies, submit, type TemporaryStore, temporaryStore } from '../temporary-store.ts';
import { type Judged, judgeChain } from './judge-chain.ts';
import { type Found, highestSeq, openForReading, readThrough } from './readable.ts';
import { verifyJournal } from './verify.ts';

const sold = 300;
let shop: TemporaryStore;
let path: string;
beforeEach(() => {
  shop = temporaryStore();
  shop.execute(...Array.from({ length: sold }, (_, n) => submit.checkout(n + 1, pennies(n + 1))));
  shop.close();
  path = join(shop.folder, 'journal.db');
});
afterEach(() => shop.remove());

function reading<T>(read: (db: NonNullable<ReturnType<typeof openForReading>>) => T): T {
  const db = openForReading(shop.folder);
  if (!db) throw new Error('there is no journal');
  try {
    return read(db);
  } finally {
    db.close();
  }
}
const verify = () => reading((db) => verifyJournal(db, () => {}));

function change(sql: string): void {
  const db = new BetterSqlite3(path);
  db.exec(`DROP TRIGGER entry_is_never_edited; DROP TRIGGER unreceived_entry_is_never_removed; ${sql}`);
  db.close();
}

/** Spoils the page on which a text stands. */
function spoilPageOf(text: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes.fill(0xff, at - (at % 4096), at - (at % 4096) + 4096);
  writeFileSync(path, bytes);
}

describe('a journal that is verified', () => {
  it('is sound as the store left it', () => {
    expect(verify()).toMatchObject({ lastSeq: sold, receivedThrough: 0, findings: [], more: false });
  });

  it('names an entry whose body was changed, and no other', () => {
    change(
      `UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '"totalMinor":17', '"totalMinor":71') AS BLOB) WHERE seq = 17`,
    );
    expect(verify().findings).toEqual([{ code: 'entries_altered', firstSeq: 17, lastSeq: 17 }]);
  });

  it('names entries that are gone, one finding for those that follow each other', () => {
    change('DELETE FROM entry WHERE seq BETWEEN 20 AND 29 OR seq = 40');
    expect(verify().findings).toEqual([
      { code: 'entries_missing', firstSeq: 20, lastSeq: 29 },
      { code: 'entries_missing', firstSeq: 40, lastSeq: 40 },
    ]);
  });

  it('names a tail that is gone, by the documents that came of it', () => {
    change(`DELETE FROM entry WHERE seq > ${sold - 5}`);
    expect(verify()).toMatchObject({
      lastSeq: sold,
      findings: [{ code: 'entries_missing', firstSeq: sold - 4, lastSeq: sold }],
    });
  });

  it('names a sum that does not agree', () => {
    change('UPDATE position SET exposure_minor = exposure_minor + 1');
    expect(verify().findings).toMatchObject([{ code: 'exposure_differs' }]);
  });

  it('is sound while the box sells: what is kept and what is counted are of one moment', () => {
    const box = new BetterSqlite3(path);
    let sales = 0;
    const sell = () => {
      sales++;
      box.exec(`BEGIN; UPDATE position SET exposure_minor = exposure_minor + 7;
        UPDATE document SET exposed_minor = exposed_minor + 7 WHERE seq = 1; COMMIT`);
    };
    expect(reading((db) => verifyJournal(db, sell)).findings).toEqual([]);
    expect(sales).toBeGreaterThan(0);
    box.close();
  });

  it('reads every entry that is on another page than the damaged one', () => {
    const whole = reading((db) => [...readThrough(db, 1, sold)].flat());
    spoilPageOf('"totalMinor":150');
    const found = reading((db) => [...readThrough(db, 1, highestSeq(db))].flat());
    const lost = found.filter(({ kind }) => kind !== 'entry');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(20);
    for (const [at, each] of found.entries()) if (each.kind === 'entry') expect(each).toEqual(whole[at]);
    const codes = new Set(verify().findings.map(({ code }) => code));
    expect(codes).toContain('pages_damaged');
    expect(codes).toContain('entries_unreadable');
  });

  it('is damaged as a whole where its first page is', () => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 0, 4096));
    expect(() => verify()).not.toThrow();
    expect(verify().findings.map(({ code }) => code)).toContain('position_unreadable');
  });
});

describe('the chain', () => {
  const chain: Found[] = [];
  let before: Buffer = genesisHash;
  for (let seq = 1; seq <= 6; seq++) {
    const body = Buffer.from(`body ${seq}`);
    before = chainHash(before, seq, body);
    chain.push({ kind: 'entry', entry: { seq, kind: 'checkout', body, hash: before, wallMs: seq } });
  }
  const kinds = (found: readonly Found[]) => [...judgeChain(found)].map(({ kind }: Judged) => kind);
  const altered = (seq: number, changes: object): Found[] =>
    chain.map((found) =>
      found.kind === 'entry' && found.entry.seq === seq
        ? { kind: 'entry', entry: { ...found.entry, ...changes } }
        : found,
    );

  it('proves what was written', () => {
    expect(kinds(chain)).toEqual(Array(6).fill('proven'));
  });

  it('finds a changed body and proves what stands behind it', () => {
    expect(kinds(altered(3, { body: Buffer.from('another') }))).toEqual([
      'proven',
      'proven',
      'altered',
      'proven',
      'proven',
      'proven',
    ]);
  });

  it('proves an entry of which only the hash was changed, by the one behind it', () => {
    expect(kinds(altered(3, { hash: Buffer.alloc(32) }))).toEqual(Array(6).fill('proven'));
  });

  it('cannot prove the last entry when its hash was changed', () => {
    expect(kinds(altered(6, { hash: Buffer.alloc(32) })).at(-1)).toBe('altered');
  });

  it('leaves the entry behind a gap unproven, and proves what follows from it', () => {
    const gap: Found[] = chain.map((found, at) => (at === 2 ? { kind: 'unreadable', seq: 3 } : found));
    expect(kinds(gap)).toEqual(['proven', 'proven', 'unreadable', 'unproven', 'proven', 'proven']);
  });
});
