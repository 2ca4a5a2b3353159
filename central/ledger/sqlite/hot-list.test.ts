import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byTester } from '../../fixtures/by.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createAuditTable } from '../../people/sqlite/audit.ts';
import { createFeedDocuments } from './feed-documents.ts';
import { createFeedTable } from './feeds.ts';
import { createHotListTable, type HotListTable, refusedPerHourLeast } from './hot-list.ts';
import { openDatabase } from './open.ts';

const nowMs = 1_795_000_000_000;
const by = byTester(nowMs);

let folder: ReturnType<typeof temporaryFolder>;
let db: ReturnType<typeof openDatabase>;
let hotList: HotListTable;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  const feeds = createFeedTable(db, () => {});
  const { audit } = createAuditTable(db);
  hotList = createHotListTable(db, createFeedDocuments(db), feeds, audit, 4 * refusedPerHourLeast);
  const many = db.prepare(`INSERT INTO appliance (id, feed_id, registered_ms) VALUES (?, 'feed', 0)`);
  db.transaction(() => {
    for (let i = 0; i < 2; i++) many.run(`box-${i}`);
  })();
});
afterEach(() => {
  db.close();
  folder.remove();
});

it('puts a refused card into every feed once', () => {
  expect(hotList.refuse('fp_1', by)).toEqual({ kind: 'changed' });
  expect(hotList.refuse('fp_1', by)).toEqual({ kind: 'unchanged' });
  expect(db.prepare('SELECT count(*) FROM feed').pluck().get()).toBe(2);
});

it('leaves out what is refused above the rows of an hour, says so once, and goes on in the next hour', () => {
  const cardsMax = 2 * refusedPerHourLeast;
  const refused = (count: number, name: string, atMs = nowMs) =>
    Array.from({ length: count }, (_, i) => hotList.refuse(`fp_${name}_${i}`, byTester(atMs)).kind);
  expect(new Set(refused(cardsMax, 'a'))).toEqual(new Set(['changed']));
  expect(new Set(refused(3, 'b'))).toEqual(new Set(['left_out']));
  // A person's word is not bounded.
  expect(hotList.change('fp_b_1', 'add', by)).toEqual({ kind: 'changed' });
  expect(refused(2, 'b', nowMs + 3_600_000)).toEqual(['changed', 'unchanged']);
  const said = db.prepare(`SELECT count(*) FROM audit WHERE action = 'hot_list.left_out'`).pluck();
  expect(said.get()).toBe(1);
});
