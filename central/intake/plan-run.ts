// Where a run of entries belongs in what central already holds of its journal: pure, and the keeper of the chain.
import { chainHash } from '../../contract/hash.ts';
import type { EntriesRun } from './entries-run.ts';

export interface JournalPosition {
  receivedThrough: number;
  /** The chain hash at receivedThrough. */
  hash: Buffer;
}

export type RunPlan =
  /** Store bodies[skip] and on; the ones before are already here and agree. */
  | { kind: 'store'; skip: number }
  /** All of it is here already, and the chain agrees. */
  | { kind: 'repeated' }
  /** All of it lies below the position, where only the stored bytes can say whether it agrees. */
  | { kind: 'compare' }
  /** Entries between are missing. */
  | { kind: 'gap' }
  /** The appliance signed another history than the one it was given a receipt for. */
  | { kind: 'diverged' }
  /** The items are not what the signed header says: damaged or changed on the way. */
  | { kind: 'chain_broken' };

/** Judges the run against the position; stores nothing. Hashes every item once. */
export function planRun(position: JournalPosition, run: EntriesRun): RunPlan {
  const { receivedThrough } = position;
  if (run.firstSeq > receivedThrough + 1) return { kind: 'gap' };
  let hash: Buffer = run.previousHash;
  let hashAtPosition: Buffer | null = run.firstSeq === receivedThrough + 1 ? hash : null;
  run.bodies.forEach((body, i) => {
    hash = chainHash(hash, run.firstSeq + i, body);
    if (run.firstSeq + i === receivedThrough) hashAtPosition = hash;
  });
  if (!hash.equals(run.lastHash)) return { kind: 'chain_broken' };
  if (hashAtPosition === null) return { kind: 'compare' };
  if (!position.hash.equals(hashAtPosition)) return { kind: 'diverged' };
  const skip = receivedThrough + 1 - run.firstSeq;
  return skip === run.bodies.length ? { kind: 'repeated' } : { kind: 'store', skip };
}
