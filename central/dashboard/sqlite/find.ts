// Finds checkouts by what a customer can say of them, each by an index of its own.
import type Database from 'better-sqlite3';
import type { Wanted } from '../find-checkouts.ts';
import type { DashboardCalls, FoundCheckout } from '../port.ts';

const found = `SELECT document.id, appliance.id AS applianceId, appliance.site, document.kind, document.verdict, document.slip,
  document.last4, document.currency, document.total_minor AS totalMinor, document.at_ms AS atMs
  FROM document JOIN appliance ON appliance.ref = document.appliance_ref`;
const newestFirst = 'ORDER BY document.ref DESC LIMIT @limit';

export function createFinder(db: Database.Database): Pick<DashboardCalls, 'findCheckouts'> {
  const by = (condition: string) =>
    db.prepare<object, FoundCheckout>(`${found} WHERE ${condition} ${newestFirst}`);
  // why the kind as a literal: the index is a partial one, and a bound value would not be seen to imply it.
  const statements = {
    id: by('document.id = @id'),
    slip: by("document.slip = @slip AND document.kind = 'checkout'"),
    card: by('document.last4 = @last4'),
    total: by(
      `document.total_minor = @totalMinor AND document.kind = 'checkout'
       AND (@only IS NULL OR document.currency IN (SELECT value FROM json_each(@only)))
       AND document.currency NOT IN (SELECT value FROM json_each(@except))`,
    ),
  } satisfies Record<Wanted['by'], unknown>;
  return {
    findCheckouts: ({ wanted, limit }) => statements[wanted.by].all({ ...bound(wanted), limit }),
  };
}

function bound(wanted: Wanted): object {
  if (wanted.by !== 'total') return wanted;
  const { totalMinor, only, except } = wanted;
  return { totalMinor, only: only && JSON.stringify(only), except: JSON.stringify(except) };
}
