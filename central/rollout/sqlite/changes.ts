// What a rollout brings: how it lies here, how it gets into a box's feed and out of it again, and what proves that the box
// runs it. One file for every kind, so that none is judged by another's rule.
import { present } from '../../../kit/assert.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { PolicyTable } from '../../ledger/sqlite/policies.ts';
import type { Proof } from '../next.ts';
import type { Change, Plan } from '../plan.ts';
import type { ChangeView, Said } from '../port.ts';

export type Lane = 'policy' | 'release';

/** A box as the turn reads it. */
export interface ChangingBox {
  ref: number;
  sinceMs: number | null;
  position: number | null;
  appliedThrough: number;
  /** By its last hello. */
  release: string | null;
  releaseBefore: string | null;
  returning: boolean;
}

export interface Changes {
  /** Stores what is brought; null when it is not there. */
  keep(change: Change): ChangeView | 'policy_missing';
  /** The documents that are for the rollout's boxes alone. */
  documentsOf(change: ChangeView): number[];
  /** Puts it into a box's feed; answers where. */
  give(rollout: number, change: ChangeView, ref: number): number;
  /** Makes what a box had before ready to be given; changes nothing when it is. */
  prepareBack(change: ChangeView): ChangeView;
  takeBack(rollout: number, change: ChangeView, box: { ref: number; releaseBefore: string | null }): number;
  proofOf(rollout: number, change: ChangeView, plan: Plan, box: ChangingBox, said: Said | undefined): Proof;
}

export function laneOf({ kind }: Pick<Change, 'kind'>): Lane {
  return kind === 'release' ? 'release' : 'policy';
}

export function createChanges(parts: { policies: PolicyTable; feeds: FeedTable }): Changes {
  const { policies, feeds } = parts;

  return {
    keep(change) {
      if (change.kind === 'release')
        return { kind: 'release', release: change.release, anyHour: change.anyHour };
      const inForce = policies.inForce();
      if (inForce === null) return 'policy_missing';
      const policy = change.kind === 'policy' ? change.policy : { ...inForce.policy, flags: change.flags };
      return { kind: change.kind, version: policies.keep(policy), base: inForce.version, back: null };
    },
    documentsOf(change) {
      if (change.kind === 'release') return [];
      return [change.version, change.back].flatMap((version) =>
        version === null ? [] : [policies.documentOf(version)],
      );
    },
    give(rollout, change, ref) {
      if (change.kind !== 'release') return feeds.share(ref, [policies.documentOf(change.version)]).last;
      const { release, anyHour } = change;
      return feeds.append(ref, [{ kind: 'release', rollout, release, anyHour, returns: false }]).last;
    },
    prepareBack(change) {
      if (change.kind === 'release' || change.back !== null) return change;
      // A box goes forward by versions only: what it had comes back under the next number.
      return { ...change, back: policies.keep(policies.at(change.base)) };
    },
    takeBack(rollout, change, { ref, releaseBefore }) {
      if (change.kind !== 'release') {
        return feeds.share(ref, [policies.documentOf(present(change.back, 'the version back'))]).last;
      }
      // Whatever the hour: what went wrong is not kept until the shop shuts.
      const item = {
        kind: 'release' as const,
        rollout,
        release: releaseBefore,
        anyHour: true,
        returns: true,
      };
      return feeds.append(ref, [item]).last;
    },
    proofOf(rollout, change, plan, box, said) {
      if (said === undefined || box.position === null || box.appliedThrough < box.position)
        return { kind: 'none' };
      return change.kind === 'release'
        ? releaseProof(rollout, change.release, plan, box, said)
        : policyProof(change, plan, box, said);
    },
  };
}

function policyProof(
  { version, back }: Extract<ChangeView, { kind: 'policy' | 'flags' }>,
  plan: Plan,
  box: ChangingBox,
  said: Said,
): Proof {
  // Applied it is, by its signed word; that it runs is another word: a release may pass over what it cannot read.
  if (said.policyVersion !== (box.returning ? back : version)) return { kind: 'none' };
  return box.returning ? { kind: 'runs' } : probed(plan, box, said);
}

function releaseProof(rollout: number, release: string, plan: Plan, box: ChangingBox, said: Said): Proof {
  const { slots } = said;
  if (box.returning) {
    const isBack = box.releaseBefore === null ? said.release !== release : said.release === box.releaseBefore;
    return isBack && box.release === said.release ? { kind: 'runs' } : { kind: 'none' };
  }
  if (slots?.rollout === rollout && slots.step === 'failed') {
    return { kind: 'failed', reason: slots.reason ?? 'not_said' };
  }
  // As booted, by its hello and by its report; one that is still on trial has proved nothing.
  const runs = said.release === release && box.release === release && slots?.step !== 'proving';
  return runs ? probed(plan, box, said) : { kind: 'none' };
}

function probed({ probe }: Plan, { sinceMs }: ChangingBox, said: Said): Proof {
  if (probe === 'ignored') return { kind: 'runs' };
  if (said.probe === null || said.probe.atMs < (sinceMs ?? 0)) return { kind: 'none' };
  return said.probe.passed ? { kind: 'runs' } : { kind: 'failed', reason: 'probe_failed' };
}
