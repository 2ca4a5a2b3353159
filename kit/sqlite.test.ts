// Opening and migrating real databases; what a power cut leaves of a migration is SQLite's own promise.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertDurable, makeDurable, migrate, oldestReader, UnknownSchemaError } from './sqlite.ts';

const ours = 0x1234;
let folder: string;
let scripts: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'));
  scripts = join(folder, 'migrations');
  mkdirSync(scripts);
  writeFileSync(join(scripts, '0001-first.sql'), 'CREATE TABLE first (x);');
  writeFileSync(join(scripts, 'README.md'), 'not a script');
  db = new BetterSqlite3(join(folder, 'test.db'));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});
const tables = () => db.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all();

describe('durability', () => {
  it('is set, and seen to be set after the first write', () => {
    expect(() => assertDurable(db)).toThrow('wal');
    makeDurable(db);
    db.exec('CREATE TABLE t (x)');
    assertDurable(db);
    db.pragma('synchronous = NORMAL');
    expect(() => assertDurable(db)).toThrow('FULL');
  });
});

describe('migrations', () => {
  it('run in order, each once', () => {
    migrate(db, scripts, ours);
    writeFileSync(join(scripts, '0002-second.sql'), 'ALTER TABLE first RENAME TO second;');
    migrate(db, scripts, ours);
    migrate(db, scripts, ours);
    expect(tables()).toEqual(['second']);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    expect(db.pragma('application_id', { simple: true })).toBe(ours);
  });

  it('that fail change nothing, and run again when they are mended', () => {
    migrate(db, scripts, ours);
    writeFileSync(join(scripts, '0002-second.sql'), 'CREATE TABLE second (x); CREATE TABLE first (y);');
    expect(() => migrate(db, scripts, ours)).toThrow('already exists');
    expect(tables()).toEqual(['first']);
    writeFileSync(join(scripts, '0002-second.sql'), 'CREATE TABLE second (x);');
    migrate(db, scripts, ours);
    expect(tables()).toEqual(['first', 'second']);
  });

  describe('that older releases can do with', () => {
    const add = (number: number, first = '') =>
      writeFileSync(join(scripts, `000${number}-more.sql`), `${first}CREATE TABLE more${number} (x);`);
    const older = () => {
      for (const name of ['0002-more.sql', '0003-more.sql']) rmSync(join(scripts, name), { force: true });
    };

    it('say so in the file, which an older release then opens and leaves as it is', () => {
      add(2, '-- Readable by schema 1 and later.\n');
      expect(oldestReader(scripts)).toBe(1);
      migrate(db, scripts, ours);
      older();
      migrate(db, scripts, ours);
      expect(db.pragma('user_version', { simple: true })).toBe(2);
    });

    it.each([
      ['the newest says nothing', '-- Readable by schema 1 and later.\n', '', 3],
      ['the newest names one between', '', '-- Readable by schema 2 and later.\n', 2],
    ])('do not reach beyond one that says otherwise: %s', (_, second, third, oldest) => {
      add(2, second);
      migrate(db, scripts, ours);
      add(3, third);
      expect(oldestReader(scripts)).toBe(oldest);
      migrate(db, scripts, ours);
      older();
      expect(() => migrate(db, scripts, ours)).toThrow(UnknownSchemaError);
    });
  });

  it('with a number left out are a mistake of ours', () => {
    writeFileSync(join(scripts, '0003-third.sql'), 'CREATE TABLE third (x);');
    expect(() => migrate(db, scripts, ours)).toThrow('out of sequence');
  });

  it.each([
    ['a newer release', 'PRAGMA user_version = 2; PRAGMA application_id = 4660', 'newer release'],
    ['another program', 'PRAGMA application_id = 7', 'another program'],
    ['another program that counts its versions', 'PRAGMA user_version = 1', 'another program'],
    ['another program that marks nothing', 'CREATE TABLE mine (x)', 'another program'],
  ])('leave the database of %s alone', (_, sql, message) => {
    db.exec(sql);
    const before = tables();
    expect(() => migrate(db, scripts, ours)).toThrow(UnknownSchemaError);
    expect(() => migrate(db, scripts, ours)).toThrow(message);
    expect(tables()).toEqual(before);
  });
});
