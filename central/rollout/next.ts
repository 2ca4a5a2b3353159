// What a rollout does next, by what is known of its boxes. Pure: the store carries the steps out in the transaction in which
// it read the facts, so that nobody can act between. Boxes are heard some at a time, and the rest is counted.
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

/** Of kiosks, by what boxes say of themselves. */
export interface Answers {
  requests: number;
  /** Of these the box failed on. */
  errors: number;
}

/** How a rollout stands, counted: what it takes to go on must not grow with the fleet. */
export interface Standing {
  boxes: number;
  /** Of the stage at work, pardoned or not. */
  inStage: {
    given: number;
    /** The first of those that wait, by ref in their order. */
    waiting: readonly number[];
  };
  /** Of the stage at work, without those that were pardoned. */
  judged: { boxes: number; confirmed: number; failed: number; open: number };
  /** When the share that must have proved it was reached; null: not yet. */
  enoughSinceMs: number | null;
  /** Of all boxes: how many wait or go back, and the first of those that have it. */
  waiting: number;
  returning: number;
  having: readonly number[];
}

export interface RolloutFacts {
  state: RolloutState;
  stage: number;
  plan: Plan;
  standing: Standing;
  /** Of boxes that proved that they run it, since then; and of those that wait. */
  sales: { with: Sales; without: Sales };
  answers: { with: Answers; without: Answers };
}

export type Reason =
  | { code: 'boxes_failed'; failed: number; of: number }
  | { code: 'too_few_confirmed'; confirmed: number; of: number }
  | { code: 'declines_above_control' | 'errors_above_control'; percent: number; controlPercent: number };

/** What a box has come to by what it proved, or by its silence. */
export type BoxStep =
  | { ref: number; state: 'confirmed' | 'timed_out' | 'returned' | 'return_timed_out' }
  | { ref: number; state: 'failed'; reason: string };

export type Step =
  /** Put it into their feeds. */
  | { kind: 'give'; refs: readonly number[] }
  /** Put what they had before into their feeds. */
  | { kind: 'take_back'; refs: readonly number[] }
  /** Some of those that wait will not get it. */
  | { kind: 'spare' }
  | { kind: 'stage'; stage: number }
  | { kind: 'pause'; reason: Reason }
  | { kind: 'roll_back'; reason: Reason }
  | { kind: 'end'; state: 'done' | 'rolled_back' };

/** In one turn: what one transaction holds while others wait for the store. */
export const boxesPerTurnMax = 50;

/** What these boxes proved, and whose time is over. @param proofs by ref; none where it has none */
export function hear(
  { state, plan }: Pick<RolloutFacts, 'state' | 'plan'>,
  boxes: readonly Box[],
  proofs: ReadonlyMap<number, Proof>,
  nowMs: number,
): BoxStep[] {
  if (!isLive(state)) return [];
  const timeMs = plan.silentMinutesMax * 60_000;
  const judge = state === 'rolling_back' ? hearBack : hearForward;
  return boxes.flatMap((box) => {
    const late = nowMs - (box.sinceMs ?? nowMs) >= timeMs;
    return judge(box, proofs.get(box.ref) ?? { kind: 'none' }, late) ?? [];
  });
}

function isLive(state: RolloutState): boolean {
  return state === 'running' || state === 'paused' || state === 'rolling_back';
}

/** A proof counts whenever it is given, and a box that proved it may still go back by itself. */
function hearForward({ ref, state }: Box, proof: Proof, late: boolean): BoxStep | null {
  const open = state === 'given';
  if (proof.kind === 'runs' && (open || state === 'failed' || state === 'timed_out')) {
    return { ref, state: 'confirmed' };
  }
  if (proof.kind === 'failed' && (open || state === 'confirmed' || state === 'timed_out')) {
    return { ref, state: 'failed', reason: proof.reason };
  }
  return open && late ? { ref, state: 'timed_out' } : null;
}

function hearBack({ ref, state }: Box, proof: Proof, late: boolean): BoxStep | null {
  if (state !== 'returning') return null;
  if (proof.kind === 'runs') return { ref, state: 'returned' };
  return late ? { ref, state: 'return_timed_out' } : null;
}

/** What follows, once they were heard. */
export function goOn(facts: RolloutFacts, nowMs: number): Step[] {
  switch (facts.state) {
    case 'running':
      return goForward(facts, nowMs);
    case 'rolling_back':
      return goBack(facts.standing);
    case 'paused':
    case 'done':
    case 'rolled_back':
    case 'aborted':
    case 'superseded':
      return [];
    default:
      return unreachable(facts.state);
  }
}

function goForward(facts: RolloutFacts, nowMs: number): Step[] {
  const { plan, stage, standing } = facts;
  const { inStage, enoughSinceMs, boxes } = standing;
  const reason = wrong(facts);
  if (reason) return [{ kind: plan.onFailure, reason }];
  if (inStage.waiting.length > 0) return [{ kind: 'give', refs: inStage.waiting }];
  if (enoughSinceMs === null || nowMs - enoughSinceMs < plan.soakMinutes * 60_000) return [];
  if (stage < lastStage(plan) && stageSize(plan, stage, boxes) < boxes)
    return [{ kind: 'stage', stage: stage + 1 }];
  // The last stage ends when every box has: nothing is on its way for ever.
  if (inStage.given > 0) return [];
  return [standing.waiting > 0 ? { kind: 'spare' } : { kind: 'end', state: 'done' }];
}

function wrong({ plan, sales, answers, standing: { judged } }: RolloutFacts): Reason | null {
  const { boxes: of, failed, confirmed, open } = judged;
  if (failed * 100 > plan.failedPercentMax * of) return { code: 'boxes_failed', failed, of };
  if (open === 0 && confirmed * 100 < plan.confirmedPercentMin * of) {
    return { code: 'too_few_confirmed', confirmed, of };
  }
  return declines(plan, sales) ?? errors(plan, answers);
}

function declines({ declinesPointsMax, checkoutsMin }: Plan, sales: RolloutFacts['sales']): Reason | null {
  const side = ({ checkouts, declined }: Sales) => ({ of: checkouts, bad: declined });
  const sides = { with: side(sales.with), without: side(sales.without) };
  return aboveControl('declines_above_control', declinesPointsMax, checkoutsMin, sides);
}

function errors({ errorsPointsMax, requestsMin }: Plan, answers: RolloutFacts['answers']): Reason | null {
  const side = ({ requests, errors: bad }: Answers) => ({ of: requests, bad });
  const sides = { with: side(answers.with), without: side(answers.without) };
  return aboveControl('errors_above_control', errorsPointsMax, requestsMin, sides);
}

interface Counted {
  of: number;
  bad: number;
}

/** @param pointsMax null: not looked at. @param ofMin on either side, before it says anything */
function aboveControl(
  code: 'declines_above_control' | 'errors_above_control',
  pointsMax: number | null,
  ofMin: number,
  { with: having, without }: { with: Counted; without: Counted },
): Reason | null {
  if (pointsMax === null || having.of < ofMin || without.of < ofMin) return null;
  const percent = (having.bad * 100) / having.of;
  const controlPercent = (without.bad * 100) / without.of;
  if (percent - controlPercent <= pointsMax) return null;
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return { code, percent: rounded(percent), controlPercent: rounded(controlPercent) };
}

/** So many of those that are judged must have proved it. */
export function neededOf({ confirmedPercentMin }: Plan, judged: number): number {
  return Math.ceil((judged * confirmedPercentMin) / 100);
}

function goBack({ waiting, having, returning }: Standing): Step[] {
  if (waiting > 0) return [{ kind: 'spare' }];
  if (having.length > 0) return [{ kind: 'take_back', refs: having }];
  return returning > 0 ? [] : [{ kind: 'end', state: 'rolled_back' }];
}
