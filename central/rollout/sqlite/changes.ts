// What a rollout brings: how it lies here, how it gets into a box's feed and out of it again, and what proves that the box
// runs it. One file for every kind, so that none is judged by another's rule.
import { randomUUIDv7 } from 'node:crypto';
import { present } from '../../../kit/assert.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { PolicyTable } from '../../ledger/sqlite/policies.ts';
import type { Proof } from '../next.ts';
import type { Change, Plan } from '../plan.ts';
import type { ChangeView, Said, VersionFor } from '../port.ts';

/** A box that comes back later makes its next by its own schedule. */
const probeMsMax = 3_600_000;

export type Lane = 'policy' | 'release';

/** A box as the turn reads it. */
export interface ChangingBox {
  ref: number;
  sinceMs: number | null;
  position: number | null;
  appliedThrough: number;
  /** By its last hello. */
  release: string | null;
  policyBefore: number;
  releaseBefore: string | null;
  returning: boolean;
}

/** What a box had. */
export type Having = Pick<ChangingBox, 'ref' | 'policyBefore' | 'releaseBefore'>;

export interface Changes {
  /** Stores what is brought. @param policiesBefore of its boxes */
  keep(change: Change, policiesBefore: readonly number[]): ChangeView | 'policy_missing';
  /** The documents that are for the rollout's boxes alone. */
  documentsOf(change: ChangeView): number[];
  /** Puts it into a box's feed, with a synthetic checkout behind it where the plan wants one; answers where. */
  give(rollout: { number: number; change: ChangeView; plan: Plan }, box: Having, nowMs: number): number;
  /** Makes what a box had before ready to be given; changes nothing when it is. */
  prepareBack(change: ChangeView): ChangeView;
  takeBack(rollout: number, change: ChangeView, box: Having): number;
  /** The same to a box that came since, and has what is in force. */
  giveNewcomer(change: ChangeView, ref: number): void;
  proofOf(rollout: number, change: ChangeView, plan: Plan, box: ChangingBox, said: Said | undefined): Proof;
}

export function laneOf({ kind }: Pick<Change, 'kind'>): Lane {
  return kind === 'release' ? 'release' : 'policy';
}

export function createChanges(parts: { policies: PolicyTable; feeds: FeedTable }): Changes {
  const { policies, feeds } = parts;

  return {
    keep(change, policiesBefore) {
      if (change.kind === 'release')
        return { kind: 'release', release: change.release, anyHour: change.anyHour };
      const inForce = policies.inForce();
      if (inForce === null) return 'policy_missing';
      const befores = [...new Set([inForce.version, ...policiesBefore])];
      // Flags change nothing else: a box with a policy of its own keeps it but for them.
      const versionFor =
        change.kind === 'policy'
          ? once(() => policies.keep(change.policy))
          : (before: number) => policies.keep({ ...policies.at(before), flags: change.flags });
      const brings = befores.map((before) => ({ before, version: versionFor(before) }));
      return { kind: change.kind, version: versionOf(brings, inForce.version), brings, backs: [] };
    },
    documentsOf(change) {
      if (change.kind === 'release') return [];
      const versions = [...change.brings, ...change.backs].map(({ version }) => version);
      return [...new Set(versions)].map(policies.documentOf);
    },
    give({ number, change, plan }, { ref, policyBefore }, nowMs) {
      if (change.kind === 'release') {
        // A program on trial makes one by itself.
        const { release, anyHour } = change;
        const item = { kind: 'release' as const, rollout: number, release, anyHour, returns: false };
        return feeds.append(ref, [item]).last;
      }
      const position = policies.share(ref, versionOf(change.brings, policyBefore));
      if (plan.probe === 'ignored') return position;
      return feeds.append(ref, [{ kind: 'synthetic', id: randomUUIDv7(), untilMs: nowMs + probeMsMax }]).last;
    },
    giveNewcomer(change, ref) {
      if (change.kind !== 'release') policies.share(ref, change.version);
    },
    prepareBack(change) {
      if (change.kind === 'release' || change.backs.length > 0) return change;
      // A box goes forward by versions only: what it had comes back under a next number.
      const backs = change.brings.map(({ before }) => ({
        before,
        version: policies.keep(policies.at(before)),
      }));
      return { ...change, backs };
    },
    takeBack(rollout, change, { ref, policyBefore, releaseBefore: release }) {
      if (change.kind !== 'release') return policies.share(ref, versionOf(change.backs, policyBefore));
      // Whatever the hour: what went wrong is not kept until the shop shuts.
      return feeds.append(ref, [{ kind: 'release', rollout, release, anyHour: true, returns: true }]).last;
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

/** The same for whoever asks. */
function once(make: () => number): () => number {
  const made = make();
  return () => made;
}

function versionOf(versions: readonly VersionFor[], policyBefore: number): number {
  const found = versions.find(({ before }) => before === policyBefore);
  return present(found, 'the version for boxes with that policy').version;
}

function policyProof(
  { brings, backs }: Extract<ChangeView, { kind: 'policy' | 'flags' }>,
  plan: Plan,
  box: ChangingBox,
  said: Said,
): Proof {
  // Applied it is, by its signed word; that it runs is another word: a release may pass over what it cannot read.
  if (said.policyVersion !== versionOf(box.returning ? backs : brings, box.policyBefore))
    return { kind: 'none' };
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
