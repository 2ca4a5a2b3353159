// What is known of a box's doctor, and what may still come. Pure.
import type { DoctorCheck } from '../../../contract/doctor.ts';
import type { Doctor } from '../../doctor/answers.ts';
import type { FleetMember } from '../../fleet/answers.ts';
import type { Tone } from './words.ts';

export type DoctorStanding =
  | { kind: 'never' }
  /** Asked, and it may still come. */
  | { kind: 'awaited'; words: string }
  /** It did not come in its time: nothing newer than what is shown. */
  | { kind: 'unanswered'; words: string }
  | { kind: 'answered' };

/** @param nowMs by central's clock */
export function doctorStanding(
  { asked, found }: Omit<Doctor, 'nowMs'>,
  state: FleetMember['state']['kind'],
  nowMs: number,
): DoctorStanding {
  if (asked === null) return { kind: found === null ? 'never' : 'answered' };
  if (asked.id === found?.id) return { kind: 'answered' };
  if (nowMs < asked.untilMs) return { kind: 'awaited', words: awaitedWords[state] };
  return {
    kind: 'unanswered',
    words:
      'Asked, and nothing came in time: the box was away, had much to send before, or runs a release that does not know the question.',
  };
}

const heard = 'Asked, and not answered yet. It looks for up to a minute, then sends what it found …';
const silent = 'Asked, and the box is silent: it answers only if it is back within two minutes.';
const awaitedWords: Record<FleetMember['state']['kind'], string> = {
  selling_online: heard,
  degraded: heard,
  not_reporting: 'Asked, and not answered yet. A box that reports nothing may not know the question.',
  selling_offline: silent,
  silent,
  never_seen: 'Asked, and the box was never heard: it answers once it is enrolled, if that is soon.',
  retired: 'Asked, and the box is not let in any more: nothing will come.',
};

export const checkTones: Record<DoctorCheck['state'], Tone> = {
  error: 'bad',
  warning: 'warn',
  unknown: 'quiet',
  ok: 'good',
};
export const checkWords: Record<DoctorCheck['state'], string> = {
  error: 'Error',
  warning: 'Warning',
  unknown: 'Not known',
  ok: 'Well',
};
const worstFirst = Object.keys(checkTones);

/** What somebody must act on first, each kind in the order it was looked at. */
export function worstChecks(checks: readonly DoctorCheck[]): DoctorCheck[] {
  return checks.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state));
}

export function summaryWords({ checks, leftOut, failure }: NonNullable<Doctor['found']>): string {
  if (failure !== null) return failure;
  const count = (state: DoctorCheck['state']) => checks.filter((check) => check.state === state).length;
  const [errors, warnings, well] = [count('error'), count('warning'), count('ok') + leftOut];
  if (errors + warnings === 0) return `All is well: ${well} checks.`;
  const of = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  return `${of(errors, 'error')}, ${of(warnings, 'warning')}, ${well} well.`;
}
