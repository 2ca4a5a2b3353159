// Forgets what processors told and what was applied long ago, with its bytes. What it came to stays: the newest state of each
// object, and the books; a copy that came after all would be older than what is known, and change nothing.
import type Database from 'better-sqlite3';
import type { WebhookCalls } from '../port.ts';

export function createWebhookForgetting(db: Database.Database): Pick<WebhookCalls, 'forgetWebhooks'> {
  const old = db
    .prepare<[number, number], number>(
      `SELECT event_ref FROM webhook_work WHERE state = 'done' AND ended_ms < ? ORDER BY ended_ms LIMIT ?`,
    )
    .pluck();
  const dropWork = db.prepare('DELETE FROM webhook_work WHERE event_ref = ?');
  const dropEvent = db.prepare('DELETE FROM webhook_event WHERE ref = ?');
  return {
    forgetWebhooks({ appliedBeforeMs, eventsMax }) {
      const refs = old.all(appliedBeforeMs, eventsMax);
      for (const ref of refs) {
        dropWork.run(ref);
        dropEvent.run(ref);
      }
      return { forgotten: refs.length };
    },
  };
}
