// What the merchant's own systems were told of one checkout, as long as that is kept (`webhooks/sqlite/forget.ts`).
import type Database from 'better-sqlite3';
import type { StoryTold } from '../port.ts';

/** Some events of some endpoints. */
const rowsMax = 200;

interface Row extends Omit<StoryTold, 'host'> {
  url: string;
  body: Buffer;
}

export function createToldOut(
  db: Database.Database,
): (applianceId: string, ids: readonly string[], reviews: readonly number[]) => StoryTold[] {
  const told = db.prepare<[string, number], Row>(
    `SELECT delivery.ref AS number, delivery.endpoint_ref AS endpoint, endpoint.url, event.type, event.told_ms AS toldMs,
       event.body, delivery.state, delivery.tries, delivery.ended_ms AS endedMs, attempt.status, attempt.error
     FROM outbound_event event
     JOIN outbound_delivery delivery ON delivery.event_ref = event.ref
     JOIN outbound_endpoint endpoint ON endpoint.ref = delivery.endpoint_ref
     LEFT JOIN outbound_attempt attempt
       ON attempt.ref = (SELECT max(ref) FROM outbound_attempt WHERE delivery_ref = delivery.ref)
     WHERE event.about = ? ORDER BY delivery.ref LIMIT ?`,
  );
  return (applianceId, ids, reviews) => {
    const ofReviews = reviews.flatMap((number) => told.all(`review ${number}`, rowsMax));
    const ofCheckout = [...new Set(ids)]
      .flatMap((id) => [...told.all(`checkout ${id}`, rowsMax), ...told.all(`refund ${id}`, rowsMax)])
      // Two boxes may have chosen the same id.
      .filter(({ body }) => applianceOf(body) === applianceId);
    return [...ofCheckout, ...ofReviews]
      .sort((a, b) => a.number - b.number)
      .map(({ url, body: _, ...row }) => ({ ...row, host: new URL(url).host }));
  };
}

function applianceOf(body: Buffer): unknown {
  return (JSON.parse(body.toString()) as { data: { applianceId?: unknown } }).data.applianceId;
}
