// What people read of charging: collections by state, one with both histories of every call, and the exposure of sites.
import type Database from 'better-sqlite3';
import type { AttemptView, ChargingCalls, CollectionRow, CollectionView, ExposureRow } from '../port.ts';

type ChargingViews = Pick<ChargingCalls, 'collections' | 'collection' | 'exposure'>;

export function createChargingViews(db: Database.Database): ChargingViews {
  const columns = `SELECT c.ref, a.id AS applianceId, a.site, c.checkout_id AS checkoutId, c.currency,
      c.total_minor AS totalMinor, c.captured_minor AS capturedMinor, c.refunded_minor AS refundedMinor,
      c.lost_minor AS lostMinor, c.origin, c.wanted, c.state, c.held_for AS heldFor, c.processor, c.due_ms AS dueMs,
      c.opened_ms AS openedMs FROM collection c JOIN appliance a ON a.ref = c.appliance_ref`;
  const all = db.prepare<[number, string | null, number], CollectionRow>(
    `${columns} WHERE c.ref > ? AND a.id = coalesce(?, a.id) ORDER BY c.ref LIMIT ?`,
  );
  const ofState = db.prepare<[string, number, string | null, number], CollectionRow>(
    `${columns} WHERE c.state = ? AND c.ref > ? AND a.id = coalesce(?, a.id) ORDER BY c.ref LIMIT ?`,
  );
  const one = db.prepare<[string, string], CollectionRow>(`${columns} WHERE a.id = ? AND c.checkout_id = ?`);
  const paybacks = db.prepare<[number], CollectionView['paybacks'][number]>(
    `SELECT ref, document_id AS documentId, amount_minor AS amountMinor, state FROM payback
     WHERE collection_ref = ? ORDER BY ref`,
  );
  const attempts = db.prepare<[number], Omit<AttemptView, 'events'>>(
    `SELECT ref, purpose, number, processor, reference, currency, amount_minor AS amountMinor, state,
       charge_id AS chargeId, refund_id AS refundId, code, decline_class AS declineClass, tries, looked,
       first_sent_ms AS firstSentMs, sent_ms AS sentMs, answered_ms AS answeredMs
     FROM attempt WHERE collection_ref = ? ORDER BY ref`,
  );
  const events = db.prepare<[number], AttemptView['events'][number]>(
    'SELECT kind, detail, at_ms AS atMs FROM attempt_event WHERE attempt_ref = ? ORDER BY number',
  );
  const exposure = db.prepare<{ site: string | null; limit: number }, ExposureRow>(
    `SELECT a.id AS applianceId, a.site, c.currency,
       sum(c.state = 'open') AS openCount, sum(iif(c.state = 'open', c.total_minor - c.captured_minor, 0)) AS openMinor,
       sum(c.state = 'held') AS heldCount, sum(iif(c.state = 'held', c.total_minor - c.captured_minor, 0)) AS heldMinor,
       sum(c.state = 'written_off') AS writtenOffCount, sum(c.lost_minor) AS writtenOffMinor
     FROM collection c JOIN appliance a ON a.ref = c.appliance_ref
     WHERE c.state IN ('open', 'held', 'written_off') AND c.wanted = 'captured' AND c.captured_minor < c.total_minor
       AND (@site IS NULL OR a.site = @site)
     GROUP BY a.ref, c.currency ORDER BY writtenOffMinor DESC, openMinor DESC, a.id LIMIT @limit`,
  );

  return {
    collections({ state, applianceId, cursor, limit }) {
      const after = cursor ?? 0;
      const rows =
        state === null
          ? all.all(after, applianceId, limit + 1)
          : ofState.all(state, after, applianceId, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.ref ?? null) : null };
    },
    collection({ applianceId, checkoutId }) {
      const row = one.get(applianceId, checkoutId);
      if (row === undefined) return null;
      const made = attempts.all(row.ref).map((attempt) => ({ ...attempt, events: events.all(attempt.ref) }));
      return { ...row, paybacks: paybacks.all(row.ref), attempts: made };
    },
    exposure: ({ site, limit }) => exposure.all({ site, limit }),
  };
}
