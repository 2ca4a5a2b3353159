// What is asked of the store about rollouts, labels and releases.
import type { ConfigurationStanding } from '../../contract/configuration.ts';
import type { Actor, By } from '../people/actor.ts';
import type { AnswersSaid, Sides } from './count-answers.ts';
import type { Box, BoxState, Reason, RolloutState, Sales } from './next.ts';
import type { Change, Labels, Plan, Target } from './plan.ts';

export interface VersionFor {
  before: number;
  version: number;
}

/** What lies here by versions. */
export type VersionedKind = 'policy' | 'flags' | 'configuration' | 'catalogue';

export type ChangeView =
  /**
   * Which version is brought to boxes by what they had, and which brings that back; `version` is the one of boxes that have
   * what is in force for everybody.
   */
  | { kind: VersionedKind; version: number; brings: VersionFor[]; backs: VersionFor[] }
  | { kind: 'release'; release: string; anyHour: boolean };

export type EndReason =
  | Reason
  | { code: 'by_hand'; words: string; boxes?: 'keep' | 'return' }
  /** Another version was published for everybody. */
  | { code: 'superseded'; version: number };

/** Of the boxes that a stage adds. */
export interface StageCounts {
  boxes: number;
  /** It was told to them, whatever they made of it. */
  has: number;
  confirmed: number;
  failed: number;
  timedOut: number;
  returned: number;
}

export interface RolloutView {
  number: number;
  /** To be said with every act: another one makes it another. */
  version: number;
  change: ChangeView;
  target: Target;
  plan: Plan;
  state: RolloutState;
  reason: EndReason | null;
  stage: number;
  stages: StageCounts[];
  counts: Record<BoxState, number>;
  sales: { with: Sales; without: Sales };
  answers: Sides;
  madeMs: number;
  madeBy: Actor;
  endedMs: number | null;
}

export interface RolloutBoxView extends Pick<Box, 'place' | 'state' | 'sinceMs' | 'pardoned'> {
  applianceId: string;
  site: string | null;
  reason: string | null;
}

export interface RolloutEvent {
  number: number;
  atMs: number;
  actor: Actor;
  what: { kind: string; [field: string]: unknown };
}

/** What a box last said of itself, as far as a rollout asks. */
export interface Said {
  policyVersion: number;
  /** `incomplete` where a version came that it could not take whole. */
  catalogue: { version: number; incomplete: boolean };
  /** Absent: of a release that takes nothing from central. */
  configuration?: ConfigurationStanding | undefined;
  release: string;
  slots: { rollout: number | null; step: string; reason: string | null } | null;
  /** The newest synthetic checkout through it. */
  probe: { passed: boolean; atMs: number } | null;
  /** Null: of a release that does not count them. */
  answers: AnswersSaid | null;
}

/** Why what is to be brought is not there. */
export type NotKept =
  | 'policy_missing'
  /** The first one goes to everybody: boxes without one could not go back. */
  | 'catalogue_missing'
  | 'draft_unknown'
  /** A catalogue is being published: to be asked again when that is done. */
  | 'publication_under_way';

export type RolloutCreated =
  | { kind: 'created'; rollout: RolloutView }
  | { kind: 'nobody' }
  | { kind: 'appliance_unknown'; applianceId: string }
  | { kind: 'release_unknown' }
  | { kind: NotKept }
  /** A box is in a live rollout of the same kind. */
  | { kind: 'overlaps'; rollout: number };

export type RolloutAct =
  | { kind: 'pause'; reason: string }
  | { kind: 'resume'; reason: string }
  /** Boxes that have it keep it, or get back what they had. */
  | { kind: 'abort'; reason: string; boxes: 'keep' | 'return' };

export type RolloutActed =
  | { kind: 'acted'; rollout: RolloutView }
  | { kind: 'rollout_unknown' }
  /** Somebody acted since it was looked at. */
  | { kind: 'changed'; version: number }
  | { kind: 'not_now'; state: RolloutState };

export interface ReleaseView {
  name: string;
  addedMs: number;
  files: { architecture: 'x64' | 'arm64'; sha256: string; bytes: number }[];
}

export interface RolloutCalls {
  createRollout(asked: { change: Change; target: Target; plan: Plan }, by: By): RolloutCreated;
  /** The newest first. */
  rollouts(page: { cursor: number | null; limit: number }): {
    items: RolloutView[];
    nextCursor: number | null;
  };
  rollout(number: number): RolloutView | null;
  /** In the order in which they get it, after a place. */
  rolloutBoxes(page: { number: number; state: BoxState | null; after: number; limit: number }): {
    items: RolloutBoxView[];
    nextCursor: number | null;
  };
  rolloutEvents(page: { number: number; after: number; limit: number }): {
    items: RolloutEvent[];
    nextCursor: number | null;
  };
  /** @param act.version as it was seen */
  actOnRollout(act: { number: number; version: number; act: RolloutAct }, by: By): RolloutActed;
  /** Those that go on, and of each some boxes that may prove something: with `more` the next call has others. */
  openRollouts(): { number: number; applianceIds: string[]; more: boolean }[];
  /** Takes the next steps of one; `changed` when there were any, `more` when there is at once something to do. */
  turnRollout(
    turn: { number: number; said: ReadonlyMap<string, Said> },
    nowMs: number,
  ): { changed: boolean; more: boolean };

  /** null when there is no such appliance. */
  labels(applianceId: string): Labels | null;
  setLabels(applianceId: string, labels: Labels, by: By): 'set' | 'appliance_unknown';

  addRelease(
    release: Omit<ReleaseView, 'addedMs'> & { sums: string; signature: string },
    by: By,
  ): 'added' | 'known';
  releases(): ReleaseView[];
  release(name: string): (ReleaseView & { sums: string; signature: string }) | null;
}
