// What people read of webhooks: each event with what became of it, and each processor at a glance.
import type Database from 'better-sqlite3';
import type { ProcessorEvent } from '../../processors/port.ts';
import type { RefusedWebhook, WebhookCalls, WebhookDetail, WebhookView } from '../port.ts';

type Views = Pick<WebhookCalls, 'webhookEvents' | 'webhookEvent' | 'webhookSources' | 'webhookSightings'>;

export const eventColumns = `event.ref, event.processor, event.event_id AS eventId, event.type, event.happened_ms AS happenedMs,
  event.received_ms AS receivedMs, work.state, work.standing, work.tries, work.due_ms AS dueMs, work.error, work.copies,
  work.replays`;
export const eventTables = 'FROM webhook_event event JOIN webhook_work work ON work.event_ref = event.ref';

export function createWebhookViews(db: Database.Database): Views {
  const one = db.prepare<
    [{ eventId: string; processor: string | null }],
    WebhookView & { event: string; body: Buffer }
  >(
    `SELECT ${eventColumns}, event.event, event.body ${eventTables}
     WHERE event.event_id = @eventId AND (@processor IS NULL OR event.processor = @processor)`,
  );
  const counts = db.prepare<[], { processor: string; what: string; count: number; lastMs: number }>(
    'SELECT processor, what, count, last_ms AS lastMs FROM webhook_count ORDER BY processor, what',
  );
  const open = db.prepare<[string], { waiting: number; dead: number; oldestWaitingMs: number | null }>(
    `SELECT count(*) FILTER (WHERE work.state = 'waiting') AS waiting, count(*) FILTER (WHERE work.state = 'dead') AS dead,
       min(event.received_ms) FILTER (WHERE work.state = 'waiting') AS oldestWaitingMs
     FROM (SELECT event_ref, state FROM webhook_work WHERE state = 'waiting'
       UNION ALL SELECT event_ref, state FROM webhook_work WHERE state = 'dead') work
     JOIN webhook_event event ON event.ref = work.event_ref WHERE event.processor = ?`,
  );
  const sightings = (name: 'reference' | 'charge_id') =>
    db
      .prepare<[string, string, number], string>(
        `SELECT event FROM webhook_event WHERE processor = ? AND ${name} = ? ORDER BY happened_ms, ref LIMIT ?`,
      )
      .pluck();
  const ofReference = sightings('reference');
  const ofCharge = sightings('charge_id');
  const refused = db.prepare<[string], Omit<RefusedWebhook, 'processor'>>(
    `SELECT code, address, at_ms AS atMs, body_bytes AS bodyBytes, body_hash AS bodyHash FROM webhook_refused
     WHERE processor = ? ORDER BY ref DESC`,
  );

  return {
    webhookEvents({ processor, state, type, cursor, limit }) {
      const conditions = ['event.ref < @before'];
      if (processor !== null) conditions.push('event.processor = @processor');
      if (type !== null) conditions.push('event.type = @type');
      // why the literal: only so does SQLite see that the small index of that state will do.
      if (state !== null) conditions.push(`work.state = '${state}'`);
      const rows = db
        .prepare<[object], WebhookView>(
          `SELECT ${eventColumns} ${eventTables} WHERE ${conditions.join(' AND ')} ORDER BY event.ref DESC LIMIT @rows`,
        )
        .all({ before: cursor ?? Number.MAX_SAFE_INTEGER, processor, type, rows: limit + 1 });
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.ref ?? null) : null };
    },
    webhookEvent(which) {
      const [row, another] = one.all(which);
      if (!row) return null;
      if (another) return 'ambiguous';
      return { ...row, event: JSON.parse(row.event) as WebhookDetail['event'] };
    },
    webhookSightings({ processor, about, eventsMax }) {
      const found =
        'reference' in about
          ? ofReference.all(processor, about.reference, eventsMax)
          : ofCharge.all(processor, about.chargeId, eventsMax);
      return found.map((event) => JSON.parse(event) as ProcessorEvent);
    },
    webhookSources() {
      const byProcessor = Map.groupBy(counts.all(), ({ processor }) => processor);
      return [...byProcessor].map(([processor, rows]) => ({
        processor,
        counts: rows.map(({ what, count, lastMs }) => ({ what, count, lastMs })),
        ...(open.get(processor) ?? { waiting: 0, dead: 0, oldestWaitingMs: null }),
        refused: refused.all(processor),
      }));
    },
  };
}
