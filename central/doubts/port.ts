// What is asked of the store about seqs in doubt, and about journals that are handed over as a file. Part of LedgerCalls.
import type { Page } from '../ledger/page.ts';
import type { Actor, By } from '../people/actor.ts';

/** As a salvage names them: they could not be read, are not what was written, or came and are not proven. */
export const doubtKinds = ['lost', 'altered', 'unproven'] as const;
export type DoubtKind = (typeof doubtKinds)[number];

export const doubtStates = ['open', 'found', 'settled', 'booked'] as const;
/** `open` waits for a person; `found`: handed over since; `settled`: by a person; `booked`: came all the same (unproven). */
export type DoubtState = (typeof doubtStates)[number];

export interface DoubtView {
  number: number;
  applianceId: string;
  /** The journal they are of; null: nothing in the damaged file told it. */
  journalId: string | null;
  /** The one that goes on from it. */
  goesOnIn: string;
  kind: DoubtKind;
  firstSeq: number;
  lastSeq: number;
  state: DoubtState;
  sinceMs: number;
  endedMs: number | null;
  endedBy: Actor | null;
  reason: string | null;
  evidence: string | null;
}

export type DoubtSettled =
  | { kind: 'settled'; doubt: DoubtView }
  | { kind: 'doubt_unknown' }
  | { kind: 'ended_already'; doubt: DoubtView };

/** A run of a journal read from a file, each entry with the hash the file gives it. */
export interface ImportedRun {
  applianceId: string;
  journalId: string;
  firstSeq: number;
  /** Before the first of them. */
  previousHash: Uint8Array;
  lastHash: Uint8Array;
  bodies: Uint8Array[];
}

export type Imported =
  | { kind: 'stored'; receivedThrough: number; entries: number }
  | { kind: 'repeated'; receivedThrough: number }
  /** Not what was received: of another journal, or changed. */
  | { kind: 'diverged' }
  | { kind: 'gap'; receivedThrough: number }
  | { kind: 'appliance_unknown' }
  /** The journal, or documents in it, are another appliance's. */
  | { kind: 'of_another'; applianceId: string };

/** Where a file could go on from. */
export interface JournalEnd {
  journalId: string;
  receivedThrough: number;
  /** Lower-case hex. */
  hash: string;
}

export interface DoubtCalls {
  /** In the order they came up. */
  doubts(filter: {
    state: DoubtState | null;
    applianceId: string | null;
    cursor: number | null;
    limit: number;
  }): Page<DoubtView>;
  doubt(number: number): DoubtView | null;
  /** A person has seen to it: nothing is booked by it. */
  settleDoubt(request: { number: number; reason: string; evidence: string | null }, by: By): DoubtSettled;
  /** Every journal of an appliance; null: it is not known. */
  journalEnds(applianceId: string): JournalEnd[] | null;
  /** Stores what a file brings, as if it had been received; what it holds of seqs in doubt is found by it. */
  importRun(run: ImportedRun, by: By): Imported;
  /** Writes down who hands over what; in the transaction of the first run that is stored. */
  noteImport(
    handed: {
      applianceId: string;
      journalId: string;
      firstSeq: number;
      lastSeq: number;
      digest: string;
      note: string;
    },
    by: By,
  ): void;
}
