// What sells: the identity, the journal and how far central has it, the kiosks, and what the daemon itself complains of. Pure.
import type { Condition, Status } from '../../contract/kiosk-api.ts';
import { durationWords } from '../commands/duration-words.ts';
import { money } from '../commands/status-words.ts';
import type { AtRest } from '../store/at-rest.ts';
import type { Verified } from '../store/salvage/verify.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';

const dayMs = 24 * 3_600_000;

/** @param code also names whose: `certificate`, `lan_certificate` */
export function judgeCertificate(code: string, notAfterMs: number, nowMs: number, renews: string): Check {
  const days = Math.floor((notAfterMs - nowMs) / dayMs);
  if (notAfterMs <= nowMs) return fault(code, `it ran out ${durationWords(nowMs - notAfterMs)} ago`, renews);
  const words = `valid for another ${days} days`;
  return days < 14 ? warning(code, words, renews) : ok(code, words);
}

export function judgeJournal(verified: Verified | null): Check {
  const code = 'journal';
  if (verified === null) return unknown(code, 'there is none yet: it is made at the first start');
  const { findings, firstSeq, lastSeq } = verified;
  const [first] = findings;
  if (first) {
    const hint =
      'See: holdfast journal verify. The service salvages it at its next start: systemctl restart holdfast';
    return fault(
      code,
      `damaged: ${first.code}${findings.length > 1 ? ` and ${findings.length - 1} more` : ''}`,
      hint,
    );
  }
  if (lastSeq === 0) return ok(code, 'empty');
  return ok(code, `entries ${firstSeq} to ${lastSeq} follow from each other`);
}

/** @param entries in doubt of damaged journals that were set aside; @param open of these, those nobody acknowledged */
export function judgeSetAside(open: number, entries: number): Check {
  const code = 'set_aside';
  if (open === 0) return ok(code, 'no damaged journal waits to be acknowledged');
  const hint = 'Hand the file over to who helps you, then: holdfast journal acknowledge';
  return warning(code, `a damaged journal was set aside, ${entries} entries in doubt`, hint);
}

const oldestMsWarning = 3_600_000;
const oldestMsError = 3 * dayMs;

/** @param oldestMs when the first entry that central has not received was made; null: it has received all */
export function judgeReceipts(atRest: AtRest | null, oldestMs: number | null, nowMs: number): Check {
  const code = 'receipts';
  if (atRest === null) return unknown(code, 'there is no journal yet');
  if (oldestMs === null) return ok(code, `central has received all ${atRest.lastSeq} entries`);
  const { documents, totalMinor } = atRest.unreceived;
  const age = nowMs - oldestMs;
  const words = `${atRest.lastSeq - atRest.receivedThrough} entries are here only, ${money(totalMinor, atRest.currency)} in ${documents} of them; the oldest for ${durationWords(age)}`;
  const hint = 'Nothing is lost while this disk lives: bring the link back, see the checks of the link.';
  if (age >= oldestMsError) return fault(code, words, hint);
  return age >= oldestMsWarning ? warning(code, words, hint) : ok(code, words);
}

export function judgeKiosks(paired: number, waiting: number): Check {
  const code = 'kiosks';
  if (paired === 0) {
    return warning(code, 'no kiosk is paired', 'Run: holdfast kiosk pair --name till-1');
  }
  return ok(code, `${paired} paired${waiting > 0 ? `, ${waiting} more may pair` : ''}`);
}

const exposureShareWarning = 0.8;

export function judgeExposure({ exposure, offline }: Pick<Status, 'exposure' | 'offline'>): Check {
  const code = 'exposure';
  const { totalMinor, limitMinor, currency } = exposure;
  const words = `${money(totalMinor, currency)} approved offline without an outcome`;
  if (limitMinor === null) return ok(code, words);
  const ofLimit = `${words}, of ${money(limitMinor, currency)} allowed`;
  const hint = 'Bring the link back, or let central raise exposure.totalMinorMax in the policy.';
  if (offline.timeLeftMs === 0) return fault(code, 'the time of selling offline is used up', hint);
  if (totalMinor >= limitMinor) return fault(code, `${ofLimit}: offline sales are refused`, hint);
  return totalMinor >= limitMinor * exposureShareWarning ? warning(code, ofLimit, hint) : ok(code, ofLimit);
}

/** Without these the shop does not sell. */
const stops: ReadonlySet<string> = new Set(['journal_full', 'history_diverged', 'certificate_refused']);

export function judgeCondition({ code, hint, sinceMs }: Condition, nowMs: number): Check {
  const words =
    sinceMs > 0 ? `the service says so, for ${durationWords(nowMs - sinceMs)}` : 'the service says so';
  return (stops.has(code) ? fault : warning)(code, words, hint);
}

/** What it sells by. */
export function judgeFeed({ catalogue, policy }: Pick<Status, 'catalogue' | 'policy'>): Check {
  const code = 'feed';
  if (catalogue.version === 0 || policy.version === 0) {
    const missing = [catalogue.version === 0 && 'catalogue', policy.version === 0 && 'policy'].filter(
      Boolean,
    );
    const hint =
      'They come with the first contact: see the checks of the link; at central: catalogue publish, policy set.';
    return fault(code, `there is no ${missing.join(' and no ')} yet: nothing can be sold`, hint);
  }
  return ok(code, `catalogue version ${catalogue.version}, policy version ${policy.version}`);
}
