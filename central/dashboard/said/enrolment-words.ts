// How far a box came with its one-time code, for people who look at a screen. Pure.
import type { EnrolmentState } from '../../enrolment/progress.ts';
import type { Tone } from './words.ts';

/** The way of a box that comes with its code, in its order. */
const way = ['created', 'certificate_issued', 'profile_fetched', 'first_hello', 'first_receipt'] as const;

export const enrolmentWords: Record<EnrolmentState, { words: string; tone: Tone; means: string }> = {
  created: { words: 'Waits for its box', tone: 'warn', means: 'The code was not used yet.' },
  certificate_issued: { words: 'Has its certificate', tone: 'warn', means: 'It has not come back with it.' },
  profile_fetched: { words: 'Has its settings', tone: 'warn', means: 'It has not spoken yet.' },
  first_hello: { words: 'Has spoken', tone: 'good', means: 'Nothing it sold has arrived yet.' },
  first_receipt: { words: 'At work', tone: 'good', means: 'What it wrote is safe here.' },
  expired: { words: 'Expired', tone: 'quiet', means: 'The code was not used in time.' },
  locked: { words: 'Locked', tone: 'bad', means: 'Too many wrong codes were tried.' },
  cancelled: { words: 'Cancelled', tone: 'quiet', means: 'Somebody made the code unusable.' },
  revoked: { words: 'Revoked', tone: 'quiet', means: 'Its certificate does not count any more.' },
};
export const enrolmentSteps = way.length;

/** How many of the steps are done; null: it gets no further. */
export function stepsDone(state: EnrolmentState): number | null {
  const at = (way as readonly string[]).indexOf(state);
  return at === -1 ? null : at + 1;
}

export interface EnrolmentForm {
  /** One that is known, or empty. */
  site: string;
  newSite: string;
  applianceId: string;
  days: string;
}

/** What central is asked for; null: something is missing yet. */
export function readEnrolment({ site, newSite, applianceId, days }: EnrolmentForm): object | null {
  const name = site === '' ? newSite.trim() : site;
  const wholeDays = /^\d{1,2}$/.test(days.trim()) ? Number(days) : 0;
  if (name === '' || wholeDays < 1 || wholeDays > 90) return null;
  return {
    ...{ site: name, newSite: site === '', days: wholeDays },
    ...(applianceId.trim() !== '' && { applianceId: applianceId.trim() }),
  };
}
