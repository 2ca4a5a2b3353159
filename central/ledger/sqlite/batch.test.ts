import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, checkoutEntry } from '../../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { type Answer, executeBatch } from './batch.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore } from './store.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();

describe('executeBatch', () => {
  const state = { folder: temporaryFolder() };
  const path = () => join(state.folder.path, 'central.db');
  beforeEach(() => {
    state.folder = temporaryFolder();
  });
  afterEach(() => state.folder.remove());

  const hello = (applianceId: string, journalId: string) => ({
    applianceId,
    publicKey: publicKeyDer,
    journalId,
    lastSeq: 0,
    lastHash: '0'.repeat(64),
    feedId: null,
    appliedThrough: 0,
    release: 'test',
    nowMs,
  });
  const receive = async (journal: ReturnType<typeof createTestJournal>, applianceId = 'box-1') => ({
    name: 'receive' as const,
    args: [{ applianceId, payload: await journal.payload(1, journal.lastSeq()), nowMs }],
  });

  it('answers an entries frame only when another reader of the file can see its entries', async () => {
    const store = openStoreAt(path());
    const journal = createTestJournal('box-1', privateKey);
    journal.append(bytesOf(checkoutEntry()), bytesOf(checkoutEntry()));
    store.transaction(() => store.hello(hello('box-1', journal.journalId)));
    const reader = new Database(path(), { readonly: true });
    const seen: unknown[] = [];
    executeBatch(store, [{ id: 1, ...(await receive(journal)) }], (answers) => {
      seen.push(answers[0]?.ok, reader.prepare('SELECT count(*) FROM entry').pluck().get());
    });
    expect(seen).toEqual([true, 2]);
    reader.close();
    store.close();
  });

  it('gives no receipt when the disk is full, and takes the same frame when there is room again', async () => {
    const db = openDatabase(path());
    const store = createSqliteStore(db);
    const journal = createTestJournal('box-1', privateKey);
    for (let i = 0; i < 300; i++) journal.append(bytesOf(checkoutEntry()));
    store.transaction(() => store.hello(hello('box-1', journal.journalId)));
    const command = { id: 1, ...(await receive(journal)) };
    const answers: Answer[] = [];
    const full = Number(db.pragma('page_count', { simple: true })) + 1;
    db.pragma(`max_page_count = ${full}`);
    executeBatch(store, [command], (given) => answers.push(...given));
    expect(answers).toMatchObject([{ ok: false, error: { code: 'SQLITE_FULL' } }]);
    expect(answers[0]?.ok === false && store.isDiskTrouble(answers[0].error)).toBe(true);
    expect(store.appliance('box-1')?.journals[0]?.receivedThrough).toBe(0);

    db.pragma('max_page_count = 1000000');
    executeBatch(store, [command], (given) => answers.push(...given));
    expect(answers[1]).toMatchObject({ ok: true, value: { kind: 'received', entries: 300 } });
    store.close();
  });

  it('lets a command that cannot be done hurt no other', async () => {
    const db = openDatabase(path());
    const store = createSqliteStore(db);
    const journals = ['box-1', 'box-2', 'box-3'].map((id) => createTestJournal(id, privateKey));
    for (const [i, journal] of journals.entries()) {
      journal.append(bytesOf(checkoutEntry()));
      store.transaction(() => store.hello(hello(`box-${i + 1}`, journal.journalId)));
    }
    db.exec(`CREATE TRIGGER poison BEFORE INSERT ON entry WHEN NEW.journal_ref = 2
      BEGIN SELECT RAISE(ABORT, 'poison'); END`);
    const commands = await Promise.all(
      journals.map(async (journal, i) => ({ id: i + 1, ...(await receive(journal, `box-${i + 1}`)) })),
    );
    const answers: Answer[] = [];
    executeBatch(store, commands, (given) => answers.push(...given));
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(db.prepare('SELECT journal_ref FROM entry ORDER BY 1').pluck().all()).toEqual([1, 3]);
    store.close();
  });
});
