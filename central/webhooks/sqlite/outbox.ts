// What the merchant's systems are told: written in the transaction of what it tells of, so that neither is ever there
// without the other; then tried until it is delivered, or a day is over.
import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import { exactJson } from '../../http/exact-json.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import { type Tell, testType } from '../outbound.ts';
import type { DeliveryTask, OutboundCalls } from '../outbound-port.ts';
import { deliveryDelayMs } from '../retries.ts';
import type { EndpointTable } from './endpoints.ts';

export interface Outbox
  extends Pick<
    OutboundCalls,
    'testEndpoint' | 'takeDeliveries' | 'deliveryTried' | 'resendDeliveries' | 'forgetDeliveries'
  > {
  tell: Tell;
}

export function createOutbox(db: Database.Database, endpoints: EndpointTable, audit: Audit): Outbox {
  const insertEvent = db.prepare(
    'INSERT INTO outbound_event (id, type, about, body, told_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const insertDelivery = db.prepare(
    `INSERT INTO outbound_delivery (event_ref, endpoint_ref, state, due_ms) VALUES (?, ?, 'waiting', ?)`,
  );
  // One row for each enabled endpoint with something due, and how much of its share is free.
  const free = db.prepare<
    { nowMs: number; perEndpointMax: number },
    { endpoint: number; url: string; freeCount: number }
  >(
    `SELECT endpoint.ref AS endpoint, endpoint.url, @perEndpointMax - count(*) FILTER (WHERE delivery.lease_ms > @nowMs) AS freeCount
     FROM outbound_endpoint endpoint JOIN outbound_delivery delivery
       ON delivery.endpoint_ref = endpoint.ref AND delivery.state = 'waiting'
     WHERE endpoint.state = 'enabled' AND (delivery.lease_ms > @nowMs OR delivery.due_ms <= @nowMs)
     GROUP BY endpoint.ref ORDER BY endpoint.ref`,
  );
  const due = db.prepare<
    { endpoint: number; nowMs: number; limit: number },
    { delivery: number; eventId: string; body: Buffer }
  >(
    `SELECT delivery.ref AS delivery, event.id AS eventId, event.body
     FROM outbound_delivery delivery JOIN outbound_event event ON event.ref = delivery.event_ref
     WHERE delivery.endpoint_ref = @endpoint AND delivery.state = 'waiting' AND delivery.due_ms <= @nowMs
       AND delivery.lease_ms <= @nowMs ORDER BY delivery.ref LIMIT @limit`,
  );
  const lease = db.prepare('UPDATE outbound_delivery SET lease_ms = ? WHERE ref = ?');
  const tries = db
    .prepare<[number], number>(`SELECT tries FROM outbound_delivery WHERE ref = ? AND state = 'waiting'`)
    .pluck();
  const insertAttempt = db.prepare(
    `INSERT INTO outbound_attempt (delivery_ref, at_ms, duration_ms, status, error, answer)
     VALUES (@delivery, @atMs, @durationMs, @status, @error, @answer)`,
  );
  const again = db.prepare('UPDATE outbound_delivery SET tries = ?, due_ms = ?, lease_ms = 0 WHERE ref = ?');
  const end = db.prepare(
    'UPDATE outbound_delivery SET state = ?, tries = ?, ended_ms = ?, lease_ms = 0 WHERE ref = ?',
  );
  const restart = (where: string) =>
    db.prepare(
      `UPDATE outbound_delivery SET state = 'waiting', tries = 0, due_ms = @nowMs, ended_ms = NULL
       WHERE endpoint_ref = @endpoint AND lease_ms <= @nowMs AND ${where}`,
    );
  const restartDead = restart(`state = 'dead'`);
  const restartOne = restart('event_ref = (SELECT ref FROM outbound_event WHERE id = @eventId)');
  const ended = db.prepare<[number, number], { ref: number; eventRef: number }>(
    'SELECT ref, event_ref AS eventRef FROM outbound_delivery WHERE ended_ms < ? ORDER BY ended_ms LIMIT ?',
  );
  const dropAttempts = db.prepare('DELETE FROM outbound_attempt WHERE delivery_ref = ?');
  const dropDelivery = db.prepare('DELETE FROM outbound_delivery WHERE ref = ?');
  const dropEvent = db.prepare(
    `DELETE FROM outbound_event WHERE ref = @ref AND NOT EXISTS
       (SELECT 1 FROM outbound_delivery WHERE event_ref = @ref)`,
  );

  function send(told: { type: string; about: string; data: object }, to: readonly number[], nowMs: number) {
    const eventId = randomUUID();
    const body = exactJson({ id: eventId, toldMs: nowMs, ...told });
    const { lastInsertRowid } = insertEvent.run(eventId, told.type, told.about, Buffer.from(body), nowMs);
    for (const endpoint of to) insertDelivery.run(lastInsertRowid, endpoint, nowMs);
    return eventId;
  }

  return {
    tell(type, about, data, nowMs) {
      const to = endpoints.subscribed(type);
      if (to.length > 0) send({ type, about, data }, to, nowMs);
    },
    testEndpoint(number, by) {
      if (!endpoints.exists(number)) return { kind: 'endpoint_unknown' };
      const about = `endpoint ${number}`;
      const data = { words: 'This is a test; nothing has happened.' };
      const eventId = send({ type: testType, about, data }, [number], by.nowMs);
      audit(by, 'outbound.test', about, { eventId });
      return { kind: 'sent', eventId };
    },
    takeDeliveries({ deliveriesMax, perEndpointMax, leaseMs, nowMs }) {
      const tasks: DeliveryTask[] = [];
      for (const { endpoint, url, freeCount } of free.all({ nowMs, perEndpointMax })) {
        const limit = Math.min(freeCount, deliveriesMax - tasks.length);
        if (limit <= 0) continue;
        const secrets = endpoints.secrets(endpoint, nowMs);
        for (const one of due.all({ endpoint, nowMs, limit })) {
          lease.run(nowMs + leaseMs, one.delivery);
          tasks.push({ ...one, endpoint, url, secrets });
        }
      }
      return tasks;
    },
    deliveryTried({ delivery, ...attempt }) {
      insertAttempt.run({ delivery, ...attempt });
      const before = tries.get(delivery);
      // A copy that was on its way when the lease had run out: the first answer has ended it.
      if (before === undefined) return { state: 'delivered' };
      const atMs = attempt.atMs + attempt.durationMs;
      if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
        end.run('delivered', before + 1, atMs, delivery);
        return { state: 'delivered' };
      }
      const delayMs = deliveryDelayMs(before + 1);
      if (delayMs === null) {
        end.run('dead', before + 1, atMs, delivery);
        return { state: 'dead' };
      }
      again.run(before + 1, atMs + delayMs, delivery);
      return { state: 'waiting' };
    },
    resendDeliveries({ endpoint, eventId, reason }, by) {
      if (!endpoints.exists(endpoint)) return { kind: 'endpoint_unknown' };
      const { nowMs } = by;
      const { changes } =
        eventId === null
          ? restartDead.run({ endpoint, nowMs })
          : restartOne.run({ endpoint, nowMs, eventId });
      audit(by, 'outbound.resend', `endpoint ${endpoint}`, { eventId, reason, deliveries: changes });
      return { kind: 'resent', deliveries: changes };
    },
    forgetDeliveries({ endedBeforeMs, deliveriesMax }) {
      const rows = ended.all(endedBeforeMs, deliveriesMax);
      for (const { ref, eventRef } of rows) {
        dropAttempts.run(ref);
        dropDelivery.run(ref);
        dropEvent.run({ ref: eventRef });
      }
      return { forgotten: rows.length };
    },
  };
}
