// The log of deliveries: each with its attempts, the newest first.
import type Database from 'better-sqlite3';
import type { AttemptView, DeliveryView, OutboundCalls } from '../outbound-port.ts';

/** More than the tries of one delivery, so that those before a person sent it anew are seen too. */
const attemptsShownMax = 20;

export function createDeliveryLog(db: Database.Database): Pick<OutboundCalls, 'deliveries'> {
  const attempts = db.prepare<[number], AttemptView>(
    `SELECT at_ms AS atMs, duration_ms AS durationMs, status, error, answer FROM outbound_attempt
     WHERE delivery_ref = ? ORDER BY ref DESC LIMIT ${attemptsShownMax}`,
  );

  return {
    deliveries({ endpoint, state, cursor, limit }) {
      const conditions = ['delivery.ref < @before'];
      if (endpoint !== null) conditions.push('delivery.endpoint_ref = @endpoint');
      if (state !== null) conditions.push('delivery.state = @state');
      const rows = db
        .prepare<[object], Omit<DeliveryView, 'attempts'>>(
          `SELECT delivery.ref AS number, delivery.endpoint_ref AS endpoint, event.id AS eventId, event.type, event.about,
             event.told_ms AS toldMs, delivery.state, delivery.tries,
             CASE delivery.state WHEN 'waiting' THEN delivery.due_ms END AS dueMs
           FROM outbound_delivery delivery JOIN outbound_event event ON event.ref = delivery.event_ref
           WHERE ${conditions.join(' AND ')} ORDER BY delivery.ref DESC LIMIT @rows`,
        )
        .all({ before: cursor ?? Number.MAX_SAFE_INTEGER, endpoint, state, rows: limit + 1 });
      const items = rows
        .slice(0, limit)
        .map((row) => ({ ...row, attempts: attempts.all(row.number).reverse() }));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
  };
}
