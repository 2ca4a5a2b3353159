// Seqs in doubt in words, a line each.
import { momentWords } from '../commands/moment.ts';
import { actorWords } from '../people/actor.ts';
import type { DoubtView } from './port.ts';

/** `3  leeds-1  journal 0199…: 951 to 958 lost  open since 2026-11-25T10:00Z`. */
export function doubtWords(doubt: DoubtView): string {
  const { number, applianceId, journalId, kind } = doubt;
  return [
    number,
    applianceId,
    `journal ${journalId ?? 'unknown'}: ${seqWords(doubt)} ${kind}`,
    endWords(doubt),
  ].join('  ');
}

function seqWords({ firstSeq, lastSeq }: DoubtView): string {
  return firstSeq === lastSeq ? `${firstSeq}` : `${firstSeq} to ${lastSeq}`;
}

function endWords({ state, sinceMs, endedMs, endedBy, reason, evidence }: DoubtView): string {
  if (endedMs === null || endedBy === null) return `${state} since ${momentWords(sinceMs)}`;
  const why = reason === null ? '' : `: ${reason}`;
  const proof = evidence === null ? '' : ` (${evidence})`;
  return `${state} ${momentWords(endedMs)} by ${actorWords(endedBy)}${why}${proof}`;
}
