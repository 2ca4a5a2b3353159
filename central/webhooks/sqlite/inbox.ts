// What processors told, each event once: stored before anybody answers, never changed. Copies are counted.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { ProcessorEvent } from '../../processors/port.ts';
import { namesOf } from '../object.ts';
import type { WebhookCalls } from '../port.ts';

export type Inbox = Pick<WebhookCalls, 'storeWebhook' | 'noteRefusedWebhooks'>;

/** Of each processor; strangers cannot fill the disk with more. */
export const refusedKeptMax = 50;

export function createInbox(db: Database.Database): Inbox {
  const insert = db.prepare(
    `INSERT INTO webhook_event (processor, event_id, type, happened_ms, charge_id, reference, event, body, signature,
       received_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (processor, event_id) DO NOTHING`,
  );
  const insertWork = db.prepare(
    `INSERT INTO webhook_work (event_ref, lane, happened_ms, state, due_ms) VALUES (?, ?, ?, 'waiting', ?)`,
  );
  const find = db
    .prepare<[string, string], number>('SELECT ref FROM webhook_event WHERE processor = ? AND event_id = ?')
    .pluck();
  const addCopy = db.prepare('UPDATE webhook_work SET copies = copies + 1 WHERE event_ref = ?');
  const addCount = db.prepare(
    `INSERT INTO webhook_count (processor, what, count, last_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (processor, what) DO UPDATE SET count = count + excluded.count, last_ms = excluded.last_ms`,
  );
  const insertRefused = db.prepare(
    `INSERT INTO webhook_refused (processor, code, address, at_ms, body_bytes, body_hash)
     VALUES (@processor, @code, @address, @atMs, @bodyBytes, @bodyHash)`,
  );
  const forgetRefused = db.prepare(
    `DELETE FROM webhook_refused WHERE processor = @processor AND ref NOT IN
       (SELECT ref FROM webhook_refused WHERE processor = @processor ORDER BY ref DESC LIMIT ${refusedKeptMax})`,
  );

  function store(processor: string, event: ProcessorEvent, body: Uint8Array, rest: [string | null, number]) {
    const { eventId, type, happenedMs } = event;
    const { chargeId, reference } = namesOf(event);
    const { changes, lastInsertRowid } = insert.run(
      processor,
      eventId,
      type,
      happenedMs,
      chargeId,
      reference,
      JSON.stringify(event),
      body,
      ...rest,
    );
    if (changes === 0) {
      addCopy.run(present(find.get(processor, eventId), 'the event that is there'));
      return false;
    }
    const [, nowMs] = rest;
    // What must be worked in order: the events of one charge. Any other event is a lane of its own.
    insertWork.run(lastInsertRowid, `${processor} ${chargeId ?? eventId}`, happenedMs, nowMs);
    return true;
  }

  return {
    storeWebhook({ processor, events, body, signature, nowMs }) {
      const stored = events.filter((event) => store(processor, event, body, [signature, nowMs])).length;
      const duplicates = events.length - stored;
      if (stored > 0) addCount.run(processor, 'stored', stored, nowMs);
      if (duplicates > 0) addCount.run(processor, 'duplicate', duplicates, nowMs);
      return { stored, duplicates };
    },
    noteRefusedWebhooks({ last, counts }) {
      for (const { processor, code, count, lastMs } of counts) addCount.run(processor, code, count, lastMs);
      for (const one of last) insertRefused.run(one);
      for (const processor of new Set(last.map((one) => one.processor))) forgetRefused.run({ processor });
    },
  };
}
