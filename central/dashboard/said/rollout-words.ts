// Rollouts in words, and how far they are in parts of a whole, for people who look at a screen. Pure.
import type { BoxState, RolloutState } from '../../rollout/next.ts';
import type { Target } from '../../rollout/plan.ts';
import type { ChangeView, EndReason, RolloutEvent, RolloutView, StageCounts } from '../../rollout/port.ts';
import { plainWords, type Tone } from './words.ts';

export const rolloutStateWords: Record<RolloutState, { words: string; tone: Tone }> = {
  running: { words: 'Running', tone: 'good' },
  paused: { words: 'Paused', tone: 'warn' },
  rolling_back: { words: 'Rolling back', tone: 'bad' },
  done: { words: 'Done', tone: 'quiet' },
  rolled_back: { words: 'Rolled back', tone: 'bad' },
  aborted: { words: 'Aborted', tone: 'warn' },
  superseded: { words: 'Superseded', tone: 'quiet' },
};

/** What a bar is made of, in its order. */
export type Fill = 'good' | 'pending' | 'bad' | 'warn' | 'back' | 'none';
export interface Part {
  words: string;
  count: number;
  fill: Fill;
}

export const boxStateWords: Record<BoxState, { words: string; fill: Fill }> = {
  confirmed: { words: 'Confirmed', fill: 'good' },
  given: { words: 'Pending', fill: 'pending' },
  failed: { words: 'Failed', fill: 'bad' },
  timed_out: { words: 'Timed out', fill: 'warn' },
  returning: { words: 'Going back', fill: 'pending' },
  returned: { words: 'Went back', fill: 'back' },
  return_timed_out: { words: 'Return timed out', fill: 'warn' },
  waiting: { words: 'Waiting', fill: 'none' },
  spared: { words: 'Never got it', fill: 'none' },
};
export const boxStateOrder = Object.keys(boxStateWords) as BoxState[];

/** Of all its boxes, those alone that there are. */
export function boxParts(counts: RolloutView['counts']): Part[] {
  return boxStateOrder
    .map((state) => ({ ...boxStateWords[state], count: counts[state] }))
    .filter(({ count }) => count > 0);
}

export function stageParts({ boxes, has, confirmed, failed, timedOut, returned }: StageCounts): Part[] {
  const pending = has - confirmed - failed - timedOut - returned;
  const parts: Part[] = [
    { words: 'confirmed', count: confirmed, fill: 'good' },
    { words: 'pending', count: pending, fill: 'pending' },
    { words: 'failed', count: failed, fill: 'bad' },
    { words: 'timed out', count: timedOut, fill: 'warn' },
    { words: 'went back', count: returned, fill: 'back' },
    { words: 'without it', count: boxes - has, fill: 'none' },
  ];
  return parts.filter(({ count }) => count > 0);
}

/** `1 confirmed, 3 pending`. */
export function partsWords(parts: readonly Part[]): string {
  return parts.map(({ words, count }) => `${count} ${words.toLowerCase()}`).join(', ');
}

export function stageName(plan: RolloutView['plan'], stage: number): string {
  return stage === 0 ? 'Canary' : `Stage ${stage}, up to ${plan.stagesPercent[stage - 1] ?? 100} %`;
}

/** Which stage the box at a place belongs to. */
export function stageOfPlace(stages: RolloutView['stages'], place: number): number {
  let before = 0;
  for (const [i, { boxes }] of stages.entries()) {
    before += boxes;
    if (place < before) return i;
  }
  return Math.max(0, stages.length - 1);
}

export function changeWords(change: ChangeView): string {
  switch (change.kind) {
    case 'policy':
      return `Policy, version ${change.version}`;
    case 'flags':
      return `Flags, as policy version ${change.version}`;
    case 'configuration':
      return `Configuration, version ${change.version}`;
    case 'catalogue':
      return `Catalogue, version ${change.version}`;
    case 'release':
      return `Release ${change.release}`;
  }
}

export function targetWords({ sites, labels, appliances }: Target): string {
  const words = [
    ...(sites ? [`sites ${sites.join(', ')}`] : []),
    ...Object.entries(labels ?? {}).map(([name, value]) => `${name} = ${value}`),
    ...(appliances ? [listed(appliances)] : []),
  ];
  return words.length === 0 ? 'every appliance' : words.join('; ');
}

function listed(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
}

export function reasonWords(reason: EndReason): string {
  switch (reason.code) {
    case 'boxes_failed':
      return `${reason.failed} of ${reason.of} boxes could not take it`;
    case 'too_few_confirmed':
      return `Only ${reason.confirmed} of ${reason.of} boxes proved it in time`;
    case 'declines_above_control':
      return `${reason.percent} % were declined with it, ${reason.controlPercent} % without`;
    case 'errors_above_control':
      return `${reason.percent} % of requests failed with it, ${reason.controlPercent} % without`;
    case 'by_hand':
      return `By hand: ${reason.words}`;
    case 'superseded':
      return `Version ${reason.version} was published for everybody`;
  }
}

/** What went wrong in percent of all; null: there was nothing. */
export function percentOf(bad: number, of: number): number | null {
  return of === 0 ? null : Math.round((bad * 1000) / of) / 10;
}

/** What happened, in one line. */
export function eventWords({ what }: Pick<RolloutEvent, 'what'>): string {
  switch (what.kind) {
    case 'create':
      return `Begun for ${what.boxes} boxes`;
    case 'stage':
      return `Stage ${what.stage} began`;
    case 'pause':
      return `Paused. ${said(what.reason)}`;
    case 'resume':
      return `Resumed. ${said(what.reason)}`;
    case 'roll_back':
      return `Rolling back. ${said(what.reason)}`;
    case 'abort':
      return `Aborted; boxes ${what.boxes === 'return' ? 'get back what they had' : 'keep what they have'}. ${said(what.reason)}`;
    case 'end':
      return what.state === 'done' ? 'Done' : 'Rolled back';
    case 'supersede':
      return `Superseded by version ${what.version}`;
    default:
      return plainWords(what.kind);
  }
}

/** A person's own words, or what a rule counted. */
function said(reason: unknown): string {
  return typeof reason === 'string' ? reason : reasonWords(reason as EndReason);
}

/** What may be done with it now. */
export function actsOn(state: RolloutState): ('pause' | 'resume' | 'abort')[] {
  switch (state) {
    case 'running':
      return ['pause', 'abort'];
    case 'paused':
      return ['resume', 'abort'];
    default:
      return [];
  }
}
