// What is asked of the store about an appliance's standing: who it is, whether it may come in, and what takes its place. Part of
// LedgerCalls.
import type { By } from '../people/actor.ts';
import type { SecondPersonLimits } from '../people/second-person.ts';
import type { CertificateView, DenialKind, EnrolmentView } from './port.ts';

export type ApplianceDenied =
  | { kind: 'denied'; identity: IdentityView }
  | { kind: 'appliance_unknown' }
  | { kind: 'denied_already'; denial: DenialKind }
  /** It wrote entries that are not here: retired it would never bring them. */
  | { kind: 'not_received'; missing: MissingRange[] };

export type ApplianceReadmitted =
  | { kind: 'readmitted'; identity: IdentityView }
  | { kind: 'appliance_unknown' }
  | { kind: 'not_denied' };

export type ConditionEnded = { kind: 'ended'; identity: IdentityView } | { kind: 'condition_unknown' };

/** What a journal holds beyond what is here. */
export interface MissingRange {
  journalId: string;
  /** The first seq that was not received. */
  fromSeq: number;
  /** By what the box last said of itself. */
  atLeast: number;
  /** By what a person read from it; null: nobody can say. */
  atMost: number | null;
}

/** One that a person signed for. */
export interface SignedRange extends MissingRange {
  /** How many of them were handed over since. */
  found: number;
}

export const conditionCodes = ['identity_in_two_places'] as const;
/** The last one stands for as long as seqs are in doubt (`journal doubts`): nobody ends it by itself. */
export const shownConditionCodes = [...conditionCodes, 'journal_salvaged'] as const;

/** Who an appliance is here: what it may show, and what is wrong with it. */
export interface IdentityView {
  applianceId: string;
  site: string | null;
  denial: { kind: DenialKind; reason: string; atMs: number; readmittedMs: number | null } | null;
  conditions: { code: (typeof shownConditionCodes)[number]; sinceMs: number; detail: string }[];
  /** The newest first. */
  certificates: CertificateView[];
  missing: MissingRange[];
  replacement: ReplacementView | null;
}

export interface ReplacementView {
  number: number;
  oldId: string;
  newId: string;
  site: string;
  journal: 'handed_over' | 'declared';
  state: 'proposed' | 'done';
  missing: SignedRange[];
  currency: string | null;
  amountMinor: number | null;
  note: string;
  proposedBy: string;
  atMs: number;
}

export interface ReplacementAsked {
  oldId: string;
  /** Null: the next of the site. */
  newId: string | null;
  journal: 'handed_over' | 'declared';
  /** The last seq on the old box's screen, of the journal it had last; null: nobody can say. */
  lastSeq: number | null;
  /** What the missing entries are worth, by whoever knows the site. */
  worth: { currency: string; amountMinor: number } | null;
  note: string;
  secondPersonAboveMinor: SecondPersonLimits;
  codeHash: Uint8Array;
  expiresMs: number;
}

export type ApplianceReplaced =
  | { kind: 'replaced'; replacement: ReplacementView; enrolment: EnrolmentView }
  /** A second person must ask for the same. */
  | { kind: 'proposed'; replacement: ReplacementView }
  | { kind: 'second_person_needed'; replacement: ReplacementView }
  /** Another person proposed something else: it is theirs to confirm or to change. */
  | { kind: 'proposal_differs'; replacement: ReplacementView }
  | { kind: 'appliance_unknown' }
  | { kind: 'site_missing' }
  | { kind: 'new_appliance_known' }
  | { kind: 'denied_already'; denial: DenialKind }
  | { kind: 'not_received'; missing: MissingRange[] };

export interface StandingCalls {
  identity(applianceId: string): IdentityView | null;
  /** Shuts an appliance out by name: `revoked` at once, `retired` only when all it wrote is here. */
  denyAppliance(
    request: { applianceId: string; kind: 'revoked' | 'retired'; reason: string },
    by: By,
  ): ApplianceDenied;
  /** Lets it enrol again by a new code; what it had before stays revoked. */
  readmitAppliance(request: { applianceId: string; reason: string }, by: By): ApplianceReadmitted;
  /** A new box for the site of an old one, whose journal is here or is declared to be missing. */
  replaceAppliance(request: ReplacementAsked, by: By): ApplianceReplaced;
  /** A hello that was accepted; answers whether it shows for the first time that this identity runs in two places. */
  noteHello(said: {
    applianceId: string;
    serial: string;
    bootId: string;
    journalId: string;
    lastSeq: number;
    nowMs: number;
  }): { raised: boolean };
  /** The same, seen at the broker's door. */
  raiseCondition(said: {
    applianceId: string;
    code: (typeof conditionCodes)[number];
    detail: string;
    nowMs: number;
  }): { raised: boolean };
  /** A person has seen to it. */
  endCondition(
    request: { applianceId: string; code: (typeof conditionCodes)[number]; note: string },
    by: By,
  ): ConditionEnded;
}

export type StandingPort = {
  [Name in keyof StandingCalls]: (
    ...args: Parameters<StandingCalls[Name]>
  ) => Promise<ReturnType<StandingCalls[Name]>>;
};
