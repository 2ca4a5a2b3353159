// As much of what the doctor found as travels with one report of health: what somebody must act on before what is well. Pure.
import type { DoctorCheck, DoctorResult } from '../../contract/doctor.ts';
import { limits } from '../../contract/limits.ts';
import type { Examination } from '../../contract/technician-api.ts';

/** The first to be left out. */
const leastFirst: readonly DoctorCheck['state'][] = ['ok', 'unknown', 'warning', 'error'];

/** @param examination one that has come to its end */
export function fitResult(
  id: string,
  examination: Extract<Examination, { kind: 'done' | 'failed' }>,
): DoctorResult {
  const { atMs } = examination;
  if (examination.kind === 'failed') {
    return { id, atMs, checks: [], leftOut: 0, failure: cut(examination.words) };
  }
  const all = examination.checks.map(({ code, state, words, hint }): DoctorCheck => {
    // What is well needs nothing done.
    const toDo = hint !== undefined && hint !== '' && state !== 'ok' ? { hint: cut(hint) } : {};
    return { code, state, words: cut(words), ...toDo };
  });
  const result = (checks: DoctorCheck[]): DoctorResult => ({
    ...{ id, atMs, checks, leftOut: all.length - checks.length, failure: null },
  });
  const kept = [...all];
  while (kept.length > limits.doctorChecksMax || bytesOf(result(kept)) > limits.doctorResultBytesMax) {
    const state = leastFirst.find((one) => kept.some((check) => check.state === one));
    kept.splice(
      kept.findLastIndex((check) => check.state === state),
      1,
    );
  }
  return result(kept);
}

function bytesOf(result: DoctorResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}

/** On one line, and no longer than a person reads; never half of a character. */
function cut(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').trim() || 'no words';
  if (line.length <= limits.doctorWordsCharsMax) return line;
  return `${line.slice(0, limits.doctorWordsCharsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
