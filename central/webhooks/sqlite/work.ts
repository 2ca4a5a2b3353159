// Works stored events: within a charge in the order of the processor's time, each in a savepoint of its own, so that one
// that cannot be applied undoes nothing but itself. What was applied and the mark that it was commit together.
import Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { ProcessorEvent } from '../../processors/port.ts';
import type { ApplyEvent, ToldEvent } from '../apply.ts';
import { objectOf } from '../object.ts';
import type { Replayed, ReplayWhich, WebhookCalls, WebhooksWorked } from '../port.ts';
import { workDelayMs } from '../retries.ts';
import type { ObjectTable } from './objects.ts';

interface Due {
  ref: number;
  lane: string;
  processor: string;
  eventId: string;
  tries: number;
  event: string;
}

const { SqliteError } = Database;
const errorCharsMax = 500;

export function createWebhookWork(
  db: Database.Database,
  parts: { objects: ObjectTable; audit: Audit; apply: ApplyEvent },
): Pick<WebhookCalls, 'workWebhooks' | 'replayWebhooks'> {
  const { objects, audit, apply } = parts;
  // why NOT EXISTS: an event whose elder of the same charge waits for its next try waits with it.
  const due = db.prepare<{ nowMs: number; limit: number }, Due>(
    `SELECT work.event_ref AS ref, work.lane, event.processor, event.event_id AS eventId, work.tries, event.event
     FROM webhook_work work JOIN webhook_event event ON event.ref = work.event_ref
     WHERE work.state = 'waiting' AND work.due_ms <= @nowMs AND NOT EXISTS (
       SELECT 1 FROM webhook_work elder WHERE elder.state = 'waiting' AND elder.lane = work.lane
         AND (elder.happened_ms, elder.event_ref) < (work.happened_ms, work.event_ref) AND elder.due_ms > @nowMs)
     ORDER BY work.happened_ms, work.event_ref LIMIT @limit`,
  );
  const nextDue = db
    .prepare<[number], number | null>(
      `SELECT min(due_ms) FROM webhook_work WHERE state = 'waiting' AND due_ms > ?`,
    )
    .pluck();
  const done = db.prepare(
    `UPDATE webhook_work SET state = 'done', standing = ?, error = NULL, ended_ms = ? WHERE event_ref = ?`,
  );
  const again = db.prepare('UPDATE webhook_work SET tries = ?, due_ms = ?, error = ? WHERE event_ref = ?');
  const dead = db.prepare(
    `UPDATE webhook_work SET state = 'dead', tries = ?, error = ?, ended_ms = ? WHERE event_ref = ?`,
  );
  const named = db
    .prepare<[{ eventId: string; processor: string | null }], number>(
      `SELECT ref FROM webhook_event WHERE event_id = @eventId AND (@processor IS NULL OR processor = @processor)`,
    )
    .pluck();
  const putBack = (where: string) =>
    db.prepare(
      `UPDATE webhook_work SET state = 'waiting', standing = NULL, tries = 0, due_ms = @nowMs, error = NULL,
         ended_ms = NULL, replays = replays + 1
       WHERE event_ref IN (SELECT ref FROM webhook_event
         WHERE (@processor IS NULL OR processor = @processor) AND ${where})`,
    );
  const putBackOne = putBack('ref = @ref');
  const putBackDead = putBack(`ref IN (SELECT event_ref FROM webhook_work WHERE state = 'dead')`);
  const putBackReceived = putBack('received_ms >= @fromMs AND received_ms < @untilMs');

  const savepoint = db.transaction((event: Due, nowMs: number): ToldEvent => {
    const told = standingOf(event.processor, JSON.parse(event.event) as ProcessorEvent);
    apply(told, nowMs);
    return told;
  });

  function standingOf(processor: string, event: ProcessorEvent): ToldEvent {
    const object = objectOf(processor, event);
    if (object === null) return { processor, event, standing: 'nothing' };
    const standing = objects.note(object);
    if (standing !== 'older') return { processor, event, standing };
    return { processor, event, standing, newest: present(objects.processorObject(object), 'what is newer') };
  }

  function fail(event: Due, error: Error, nowMs: number): WebhooksWorked['failed'][number] {
    const tries = event.tries + 1;
    const delayMs = workDelayMs(tries);
    const message = error.message.slice(0, errorCharsMax);
    if (delayMs === null) dead.run(tries, message, nowMs, event.ref);
    else again.run(tries, nowMs + delayMs, message, event.ref);
    const { processor, eventId } = event;
    return { processor, eventId, error: message, dead: delayMs === null };
  }

  return {
    workWebhooks({ eventsMax, nowMs }) {
      const events = due.all({ nowMs, limit: eventsMax });
      const held = new Set<string>();
      const worked: WebhooksWorked = { done: 0, failed: [], reports: [], nextDueMs: null };
      for (const event of events) {
        if (held.has(event.lane)) continue;
        try {
          const told = savepoint(event, nowMs);
          done.run(told.standing, nowMs, event.ref);
          worked.done++;
          const { processor, event: said } = told;
          if (said.about.kind === 'report') worked.reports.push({ processor, batch: said.about.batch });
        } catch (error) {
          if (isDiskTrouble(error)) throw error;
          held.add(event.lane);
          worked.failed.push(fail(event, error as Error, nowMs));
        }
      }
      worked.nextDueMs = events.length < eventsMax ? (nextDue.get(nowMs) ?? null) : nowMs;
      return worked;
    },
    replayWebhooks({ which, reason }, by) {
      const replayed = replay(which, by.nowMs);
      if (replayed.kind === 'replayed')
        audit(by, 'webhook.replay', aboutOf(which), { which, reason, ...replayed });
      return replayed;
    },
  };

  function replay(which: ReplayWhich, nowMs: number): Replayed {
    const { processor } = which;
    switch (which.kind) {
      case 'one': {
        const refs = named.all({ eventId: which.eventId, processor });
        if (refs.length === 0) return { kind: 'event_unknown' };
        if (refs.length > 1) return { kind: 'event_ambiguous' };
        const ref = present(refs[0], 'the only one');
        return { kind: 'replayed', events: putBackOne.run({ ref, processor, nowMs }).changes };
      }
      case 'dead':
        return { kind: 'replayed', events: putBackDead.run({ processor, nowMs }).changes };
      case 'received': {
        const { fromMs, untilMs } = which;
        return {
          kind: 'replayed',
          events: putBackReceived.run({ fromMs, untilMs, processor, nowMs }).changes,
        };
      }
    }
  }
}

function aboutOf(which: ReplayWhich): string {
  return which.kind === 'one'
    ? `webhook ${which.eventId}`
    : `webhooks of ${which.processor ?? 'every processor'}`;
}

/** Everybody's, not this event's; it may have undone the whole transaction already. */
function isDiskTrouble(error: unknown): boolean {
  return error instanceof SqliteError && /^SQLITE_(FULL|IOERR|BUSY)/.test(error.code);
}
