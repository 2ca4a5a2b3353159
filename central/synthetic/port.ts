// What central knows of synthetic checkouts, and how it asks for one.
import type { SyntheticEntry } from '../../contract/entry.ts';
import type { ReasonCode, VerdictKind } from '../../contract/verdict.ts';
import type { By } from '../people/actor.ts';

/** One as the ledger took it. */
export interface SyntheticView {
  applianceId: string;
  journalId: string;
  seq: number;
  id: string;
  by: SyntheticEntry['by'];
  verdict: VerdictKind;
  reasons: ReasonCode[];
  /** When it was made: by central's time as the appliance knew it, else by the appliance's clock. */
  atMs: number;
  bookedMs: number;
}

export interface SyntheticCalls {
  /** Has the appliance make one of this id until then; false when there is no such appliance. */
  askSynthetic(asked: { applianceId: string; id: string; untilMs: number }, by: By): boolean;
  /** The newest first, of one appliance or of all. */
  synthetics(page: { applianceId: string | null; limit: number }): SyntheticView[];
  /** Null as long as it has not come. */
  synthetic(id: string): SyntheticView | null;
}
