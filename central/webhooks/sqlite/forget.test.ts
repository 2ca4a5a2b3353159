// Events of processors are forgotten long after they were applied, in pieces; never what waits or was given up.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../../kit/clock.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { keptLog } from '../../fixtures/site.ts';
import { portOver } from '../../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../ledger/sqlite/store.ts';
import { createWebhookForgetter, forgetterLimits } from '../forgetter.ts';

const dayMs = 86_400_000;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db);
});
afterEach(() => {
  store.close();
  folder.remove();
});

function told(eventId: string, nowMs: number): void {
  const event = { eventId, type: 't', happenedMs: nowMs, about: { kind: 'other' as const } };
  const body = Buffer.from(eventId);
  store.transaction(() =>
    store.storeWebhook({ processor: 'stripe', events: [event], body, signature: null, nowMs }),
  );
}
const work = (nowMs: number) => store.transaction(() => store.workWebhooks({ eventsMax: 500, nowMs }));
const kept = () => db.prepare<[], string>('SELECT event_id FROM webhook_event ORDER BY ref').pluck().all();

it('forgets what was applied before its time, and nothing that waits or was given up', () => {
  told('old', 1000);
  told('late', 1000);
  work(1000);
  told('waits', 1000);
  told('dead', 1000);
  db.exec(`UPDATE webhook_work SET ended_ms = 9000 WHERE event_ref = 2;
    UPDATE webhook_work SET state = 'dead', ended_ms = 1000 WHERE event_ref = 4`);
  const forget = () =>
    store.transaction(() => store.forgetWebhooks({ appliedBeforeMs: 9000, eventsMax: 10 }));
  expect(forget()).toEqual({ forgotten: 1 });
  expect(kept()).toEqual(['late', 'waits', 'dead']);
  expect(forget()).toEqual({ forgotten: 0 });
  for (const ref of [3, 4]) {
    expect(() => db.exec(`DELETE FROM webhook_work WHERE event_ref = ${ref}`)).toThrow('was applied');
    expect(() => db.exec(`DELETE FROM webhook_event WHERE ref = ${ref}`)).toThrow('was applied');
  }
});

it('goes on piece by piece while there is more, and then rests for an hour', async () => {
  for (let n = 0; n < forgetterLimits.eventsMax + 1; n++) told(`e${n}`, 1000);
  work(1000);
  const clock = manualClock(1000 + 31 * dayMs);
  const log = keptLog();
  const forgetter = createWebhookForgetter({ store: portOver(store), keptDays: 30, clock, log });
  clock.advance(forgetterLimits.restMs);
  await log.line('old webhooks were forgotten', { forgotten: forgetterLimits.eventsMax });
  expect(kept()).toHaveLength(1);
  await new Promise(setImmediate);
  clock.advance(forgetterLimits.restMs);
  await log.line('old webhooks were forgotten', { forgotten: 1 });
  await forgetter.stop();
});
