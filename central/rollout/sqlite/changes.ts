// What a rollout brings: how it lies here, how it gets into a box's feed and out of it again, and what proves that the box
// runs it. One file for every kind, so that none is judged by another's rule.
import { randomUUIDv7 } from 'node:crypto';
import type Database from 'better-sqlite3';
import { present, unreachable } from '../../../kit/assert.ts';
import type { RolledCatalogues } from '../../ledger/sqlite/catalogues.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { PolicyTable } from '../../ledger/sqlite/policies.ts';
import { boxesPerTurnMax, type Proof } from '../next.ts';
import type { Change, Plan } from '../plan.ts';
import type { ChangeView, NotKept, Said, VersionFor } from '../port.ts';
import type { ConfigurationTable } from './configurations.ts';
import { createHolds } from './holds.ts';

/** A box that comes back later makes its next by its own schedule. */
const probeMsMax = 3_600_000;

/** Two things of one lane do not go together: a box has one policy, flags and all, one configuration, catalogue and release. */
export type Lane = 'policy' | 'configuration' | 'catalogue' | 'release';

/** A box as the turn reads it. */
export interface ChangingBox {
  ref: number;
  sinceMs: number | null;
  position: number | null;
  appliedThrough: number;
  /** By its last hello. */
  release: string | null;
  /** Of the lane's numbers: of its policy, configuration or catalogue. */
  versionBefore: number;
  releaseBefore: string | null;
  returning: boolean;
}

/** What a box had. */
export type Having = Pick<ChangingBox, 'ref' | 'versionBefore' | 'releaseBefore'>;

export interface Changes {
  /** Stores what is brought. @param versionsBefore of its boxes, in its lane */
  keep(change: Change, versionsBefore: readonly number[], nowMs: number): ChangeView | NotKept;
  /** Takes a bounded step of what is stored piece by piece; false when all is there, and boxes can be told. */
  prepare(change: ChangeView, nowMs: number): boolean;
  /** Nobody is told anything of it any more. */
  ended(change: ChangeView): void;
  /** Keeps what is for the rollout's boxes alone from newcomers. */
  hold(rollout: number, change: ChangeView): void;
  /** What it brings is in force for everybody. */
  release(change: ChangeView): void;
  /** So many boxes one turn may tell. */
  toldAtOnceMax(change: ChangeView): number;
  /** Puts it into a box's feed, with a synthetic checkout behind it where the plan wants one; answers where. */
  give(rollout: { number: number; change: ChangeView; plan: Plan }, box: Having, nowMs: number): number;
  /** Makes what a box had before ready to be given; changes nothing when it is. */
  prepareBack(rollout: number, change: ChangeView, nowMs: number): ChangeView;
  takeBack(rollout: number, change: ChangeView, box: Having): number;
  /** The same to a box that came since, and has what is in force. */
  giveNewcomer(change: ChangeView, ref: number): void;
  proofOf(rollout: number, change: ChangeView, plan: Plan, box: ChangingBox, said: Said | undefined): Proof;
}

export function laneOf({ kind }: Pick<Change, 'kind'>): Lane {
  switch (kind) {
    case 'policy':
    case 'flags':
      return 'policy';
    case 'configuration':
    case 'catalogue':
    case 'release':
      return kind;
    default:
      return unreachable(kind);
  }
}

type Versions = Extract<ChangeView, { version: number }>;

export function createChanges(
  db: Database.Database,
  parts: {
    policies: PolicyTable;
    configurations: ConfigurationTable;
    catalogues: RolledCatalogues;
    feeds: FeedTable;
  },
): Changes {
  const { policies, configurations, catalogues, feeds } = parts;
  const holds = createHolds(db, parts);
  const tables = { policy: policies, flags: policies, configuration: configurations, catalogue: catalogues };
  const share = ({ kind }: Versions, ref: number, version: number) => tables[kind].share(ref, version);
  /** The content of one, under a next number. */
  const again = ({ kind }: Versions, version: number, nowMs: number) => {
    if (kind === 'catalogue') return catalogues.keepAgain(version, nowMs);
    if (kind === 'configuration') return configurations.keep(configurations.at(version));
    return policies.keep(policies.at(version));
  };

  /** @param versionFor what a box gets that had this one */
  function bringing(
    kind: Versions['kind'],
    inForce: number,
    versionsBefore: readonly number[],
    versionFor: (before: number) => number,
  ): Versions {
    const befores = [...new Set([inForce, ...versionsBefore])];
    const brings = befores.map((before) => ({ before, version: versionFor(before) }));
    return { kind, version: versionOf(brings, inForce), brings, backs: [] };
  }

  return {
    keep(change, versionsBefore, nowMs) {
      const { kind } = change;
      if (kind === 'release') return { kind, release: change.release, anyHour: change.anyHour };
      if (kind === 'configuration') {
        // Asked before there is a newer one, which nobody has held yet.
        const inForce = configurations.inForce();
        const versionFor = once(() => configurations.keep(change.values));
        return bringing(kind, inForce, versionsBefore, versionFor);
      }
      if (kind === 'catalogue') {
        const inForce = catalogues.inForce();
        if (inForce === 0) return 'catalogue_missing';
        const version = catalogues.keep(change.draft, nowMs);
        if (version === 'busy') return 'publication_under_way';
        return version === 'draft_unknown' ? version : bringing(kind, inForce, versionsBefore, () => version);
      }
      const inForce = policies.inForce();
      if (inForce === null) return 'policy_missing';
      // Flags change nothing else: a box with a policy of its own keeps it but for them.
      const versionFor =
        kind === 'policy'
          ? once(() => policies.keep(change.policy))
          : (before: number) => policies.keep({ ...policies.at(before), flags: change.flags });
      return bringing(kind, inForce.version, versionsBefore, versionFor);
    },
    prepare({ kind }, nowMs) {
      if (kind !== 'catalogue' || !catalogues.underWay()) return false;
      catalogues.piece(nowMs);
      return true;
    },
    ended({ kind }) {
      if (kind === 'catalogue') catalogues.retire();
    },
    hold(rollout, change) {
      if (change.kind === 'release') return;
      holds.hold(
        rollout,
        change,
        [...change.brings, ...change.backs].map(({ version }) => version),
      );
    },
    release(change) {
      if (change.kind !== 'release') holds.release(change);
    },
    toldAtOnceMax: (change) =>
      change.kind === 'catalogue' ? catalogues.toldAtOnceMax(change.version) : boxesPerTurnMax,
    give({ number, change, plan }, { ref, versionBefore }, nowMs) {
      if (change.kind === 'release') {
        // A program on trial makes one by itself.
        const { release, anyHour } = change;
        const item = { kind: 'release' as const, rollout: number, release, anyHour, returns: false };
        return feeds.append(ref, [item]).last;
      }
      const position = share(change, ref, versionOf(change.brings, versionBefore));
      if (plan.probe === 'ignored') return position;
      return feeds.append(ref, [{ kind: 'synthetic', id: randomUUIDv7(), untilMs: nowMs + probeMsMax }]).last;
    },
    giveNewcomer(change, ref) {
      if (change.kind !== 'release') share(change, ref, change.version);
    },
    prepareBack(rollout, change, nowMs) {
      if (change.kind === 'release' || change.backs.length > 0) return change;
      // A box goes forward by versions only: what it had comes back under a next number.
      const backs = change.brings.map(({ before }) => ({ before, version: again(change, before, nowMs) }));
      const prepared = { ...change, backs };
      this.hold(rollout, prepared);
      return prepared;
    },
    takeBack(rollout, change, { ref, versionBefore, releaseBefore: release }) {
      if (change.kind !== 'release') return share(change, ref, versionOf(change.backs, versionBefore));
      // Whatever the hour: what went wrong is not kept until the shop shuts.
      return feeds.append(ref, [{ kind: 'release', rollout, release, anyHour: true, returns: true }]).last;
    },
    proofOf(rollout, change, plan, box, said) {
      if (said === undefined || box.position === null || box.appliedThrough < box.position)
        return { kind: 'none' };
      return change.kind === 'release'
        ? releaseProof(rollout, change.release, plan, box, said)
        : versionProof(change, plan, box, said);
    },
  };
}

/** The same for whoever asks. */
function once(make: () => number): () => number {
  const made = make();
  return () => made;
}

function versionOf(versions: readonly VersionFor[], versionBefore: number): number {
  const found = versions.find(({ before }) => before === versionBefore);
  return present(found, 'the version for boxes with that one').version;
}

function versionProof({ kind, brings, backs }: Versions, plan: Plan, box: ChangingBox, said: Said): Proof {
  const { configuration, catalogue, policyVersion } = said;
  const at = { policy: policyVersion, flags: policyVersion, catalogue: catalogue.version };
  const running = kind === 'configuration' ? configuration?.version : at[kind];
  const told = versionOf(box.returning ? backs : brings, box.versionBefore);
  // Applied it is, by its signed word; that it runs is another word: a release may pass over what it cannot read.
  if (running === told) return box.returning ? { kind: 'runs' } : probed(plan, box, said);
  if (kind === 'catalogue' && catalogue.incomplete) return { kind: 'failed', reason: 'catalogue_incomplete' };
  const refused = kind === 'configuration' && configuration?.refused;
  if (!refused || refused.version !== told) return { kind: 'none' };
  return { kind: 'failed', reason: `${refused.key}: ${refused.reason}` };
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
