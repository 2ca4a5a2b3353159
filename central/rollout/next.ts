// What a rollout does next, by what is known of its boxes. Pure: the store carries the steps out in the transaction in which
// it read the facts, so that nobody can act between.
import { unreachable } from '../../kit/assert.ts';
import { lastStage, type Plan, stageSize } from './plan.ts';

export const rolloutStates = [
  'running',
  'paused',
  'rolling_back',
  'done',
  'rolled_back',
  'aborted',
  'superseded',
] as const;
export type RolloutState = (typeof rolloutStates)[number];

export const boxStates = [
  /** Its stage has not come. */
  'waiting',
  /** It is in its feed, and the box has proved nothing yet. */
  'given',
  /** It proved that it runs it. */
  'confirmed',
  /** It said that it could not. */
  'failed',
  /** Nothing was proved in time. */
  'timed_out',
  /** What it had before is in its feed, and the box has proved nothing yet. */
  'returning',
  'returned',
  'return_timed_out',
  /** It ended before its stage came. */
  'spared',
] as const;
export type BoxState = (typeof boxStates)[number];

export interface Box {
  ref: number;
  /** In the order in which they get it, from 0. */
  place: number;
  state: BoxState;
  /** In this state since; null: it was there from the beginning. */
  sinceMs: number | null;
  /** What became of it does not count any more: somebody saw it and went on. */
  pardoned: boolean;
}

/** What a box has proved about what it was told last. */
export type Proof = { kind: 'none' } | { kind: 'runs' } | { kind: 'failed'; reason: string };

export interface Sales {
  checkouts: number;
  /** Of these declined or refused. */
  declined: number;
}

export interface RolloutFacts {
  state: RolloutState;
  stage: number;
  plan: Plan;
  boxes: readonly Box[];
  /** By ref; none where it has none. */
  proofs: ReadonlyMap<number, Proof>;
  /** Of boxes that proved that they run it, since then; and of those that wait. */
  sales: { with: Sales; without: Sales };
}

export type Reason =
  | { code: 'boxes_failed'; failed: number; of: number }
  | { code: 'too_few_confirmed'; confirmed: number; of: number }
  | { code: 'declines_above_control'; percent: number; controlPercent: number };

export type Step =
  | { kind: 'box'; ref: number; state: 'confirmed' | 'timed_out' | 'returned' | 'return_timed_out' }
  | { kind: 'box'; ref: number; state: 'failed'; reason: string }
  /** Put it into their feeds. */
  | { kind: 'give'; refs: number[] }
  /** Put what they had before into their feeds. */
  | { kind: 'take_back'; refs: number[] }
  | { kind: 'stage'; stage: number }
  | { kind: 'pause'; reason: Reason }
  | { kind: 'roll_back'; reason: Reason }
  | { kind: 'end'; state: 'done' | 'rolled_back' };

/** In one turn: what one transaction holds. */
export const boxesPerTurnMax = 200;

export function next(facts: RolloutFacts, nowMs: number): Step[] {
  switch (facts.state) {
    case 'running': {
      const heard = hear(facts, nowMs);
      return [...heard, ...goOn({ ...facts, boxes: after(facts.boxes, heard, nowMs) }, nowMs)];
    }
    case 'paused':
      return hear(facts, nowMs);
    case 'rolling_back': {
      const heard = hear(facts, nowMs);
      return [...heard, ...goBack(after(facts.boxes, heard, nowMs))];
    }
    case 'done':
    case 'rolled_back':
    case 'aborted':
    case 'superseded':
      return [];
    default:
      return unreachable(facts.state);
  }
}

type BoxStep = Step & { kind: 'box' };

/** What the boxes proved, and whose time is over. */
function hear({ boxes, proofs, plan, state }: RolloutFacts, nowMs: number): BoxStep[] {
  const timeMs = plan.silentMinutesMax * 60_000;
  const judge = state === 'rolling_back' ? hearBack : hearForward;
  return boxes.flatMap((box) => {
    const step = judge(
      box,
      proofs.get(box.ref) ?? { kind: 'none' },
      nowMs - (box.sinceMs ?? nowMs) >= timeMs,
    );
    return step ? [step] : [];
  });
}

/** A proof counts whenever it is given, and a box that proved it may still go back by itself. */
function hearForward({ ref, state }: Box, proof: Proof, late: boolean): BoxStep | null {
  const open = state === 'given';
  if (proof.kind === 'runs' && (open || state === 'failed' || state === 'timed_out')) {
    return { kind: 'box', ref, state: 'confirmed' };
  }
  if (proof.kind === 'failed' && (open || state === 'confirmed' || state === 'timed_out')) {
    return { kind: 'box', ref, state: 'failed', reason: proof.reason };
  }
  return open && late ? { kind: 'box', ref, state: 'timed_out' } : null;
}

function hearBack({ ref, state }: Box, proof: Proof, late: boolean): BoxStep | null {
  if (state !== 'returning') return null;
  if (proof.kind === 'runs') return { kind: 'box', ref, state: 'returned' };
  return late ? { kind: 'box', ref, state: 'return_timed_out' } : null;
}

function goOn(facts: RolloutFacts, nowMs: number): Step[] {
  const { plan, stage, boxes } = facts;
  const size = stageSize(plan, stage, boxes.length);
  const inStage = boxes.filter(({ place }) => place < size);
  const judged = inStage.filter(({ pardoned }) => !pardoned);
  const reason = wrong(facts, judged);
  if (reason) return [{ kind: plan.onFailure, reason }];
  const waiting = inStage.filter(({ state }) => state === 'waiting').sort((a, b) => a.place - b.place);
  if (waiting.length > 0) {
    return [{ kind: 'give', refs: waiting.slice(0, boxesPerTurnMax).map(({ ref }) => ref) }];
  }
  const sinceMs = enoughSinceMs(plan, judged);
  if (sinceMs === null || nowMs - sinceMs < plan.soakMinutes * 60_000) return [];
  if (stage < lastStage(plan) && size < boxes.length) return [{ kind: 'stage', stage: stage + 1 }];
  // The last stage ends when every box has: nothing is on its way for ever.
  return inStage.some(({ state }) => state === 'given') ? [] : [{ kind: 'end', state: 'done' }];
}

function wrong({ plan, sales }: RolloutFacts, judged: readonly Box[]): Reason | null {
  const of = judged.length;
  const failed = count(judged, 'failed');
  if (failed * 100 > plan.failedPercentMax * of) return { code: 'boxes_failed', failed, of };
  const confirmed = count(judged, 'confirmed');
  const open = count(judged, 'given') + count(judged, 'waiting');
  if (open === 0 && confirmed * 100 < plan.confirmedPercentMin * of) {
    return { code: 'too_few_confirmed', confirmed, of };
  }
  return declines(plan, sales);
}

function declines(
  { declinesPointsMax, checkoutsMin }: Plan,
  { with: having, without }: RolloutFacts['sales'],
) {
  if (declinesPointsMax === null) return null;
  if (having.checkouts < checkoutsMin || without.checkouts < checkoutsMin) return null;
  const percent = (having.declined * 100) / having.checkouts;
  const controlPercent = (without.declined * 100) / without.checkouts;
  if (percent - controlPercent <= declinesPointsMax) return null;
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return {
    code: 'declines_above_control' as const,
    percent: rounded(percent),
    controlPercent: rounded(controlPercent),
  };
}

/** When the share that must have proved it was reached; null: not yet. */
function enoughSinceMs({ confirmedPercentMin }: Plan, judged: readonly Box[]): number | null {
  const needed = Math.ceil((judged.length * confirmedPercentMin) / 100);
  const times = judged.flatMap(({ state, sinceMs }) => (state === 'confirmed' ? [sinceMs ?? 0] : []));
  if (times.length < needed) return null;
  return needed === 0 ? 0 : (times.sort((a, b) => a - b)[needed - 1] ?? null);
}

function goBack(boxes: readonly Box[]): Step[] {
  const having = boxes.filter(({ state }) => hasIt.has(state));
  if (having.length > 0) {
    return [{ kind: 'take_back', refs: having.slice(0, boxesPerTurnMax).map(({ ref }) => ref) }];
  }
  return count(boxes, 'returning') > 0 ? [] : [{ kind: 'end', state: 'rolled_back' }];
}

/** It stands in their feeds, whatever they made of it: a box that was silent takes it when it comes back. */
const hasIt: ReadonlySet<BoxState> = new Set(['given', 'confirmed', 'failed', 'timed_out']);

function count(boxes: readonly Box[], state: BoxState): number {
  return boxes.reduce((sum, box) => (box.state === state ? sum + 1 : sum), 0);
}

/** The boxes as they are once these steps are carried out. */
function after(boxes: readonly Box[], steps: readonly BoxStep[], nowMs: number): Box[] {
  const changed = new Map(steps.map(({ ref, state }) => [ref, state]));
  return boxes.map((box) => {
    const state = changed.get(box.ref);
    return state === undefined ? box : { ...box, state, sinceMs: nowMs };
  });
}
