// The calendar year of the site by the clock of the box, as its policy counts it where that can be read.
import type { Database } from 'better-sqlite3';
import { Policy } from '../../../contract/policy.ts';
import { siteYear } from '../../checkout/site-year.ts';
import { orNull } from './readable.ts';

export function siteYearOf(db: Database | null, wallMs: number): number {
  const body = db && orNull(() => db.prepare<[], string>('SELECT body FROM policy').pluck().get());
  return siteYear(timeZoneIn(body))(wallMs);
}

function timeZoneIn(body: string | null | undefined): string | undefined {
  try {
    return Policy.parse(JSON.parse(String(body))).openingHours?.timeZone;
  } catch {
    return undefined;
  }
}
