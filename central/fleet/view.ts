// A box as people and programs are shown it: the state that follows from what is known, and what is known.
import type { FleetMember } from './answers.ts';
import { conclude, type Known, lastProofMs } from './conclude.ts';

export function viewOf(known: Known, nowMs: number): FleetMember {
  const { facts, heard, connected } = known;
  return {
    id: facts.id,
    site: facts.site,
    state: conclude(known, nowMs),
    lastProofMs: lastProofMs(known),
    connected,
    release: heard?.report.release ?? facts.release,
    report: heard?.report ?? null,
    reportHeardMs: heard?.heardMs ?? null,
  };
}
