// Rollouts in words, for a terminal and for refusals.
import { unreachable } from '../../kit/assert.ts';
import { momentWords } from '../commands/moment.ts';
import { actorWords } from '../people/actor.ts';
import { boxStates, type RolloutState } from './next.ts';
import type { EndReason, RolloutBoxView, RolloutCreated, RolloutEvent, RolloutView } from './port.ts';

export function changeWords({ change }: Pick<RolloutView, 'change'>): string {
  switch (change.kind) {
    case 'policy':
      return `policy version ${change.version}`;
    case 'flags':
      return `flags, as policy version ${change.version}`;
    case 'configuration':
    case 'catalogue':
      return `${change.kind} version ${change.version}`;
    case 'release':
      return `release ${change.release}`;
    default:
      return unreachable(change);
  }
}

/** One line for a list. */
export function rolloutWords(rollout: RolloutView): string {
  const { number, state, stages, stage, reason, counts } = rollout;
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return [
    `rollout ${number}`,
    changeWords(rollout),
    state,
    `stage ${stage} of ${stages.length - 1}`,
    `${counts.confirmed} of ${all} confirmed`,
    ...(reason === null ? [] : [reasonWords(reason)]),
  ].join('  ');
}

/** Everything about it. */
export function rolloutLines(rollout: RolloutView): string[] {
  const { version, stages, stage, counts, sales, answers, madeMs, madeBy } = rollout;
  const counted = boxStates.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  return [
    rolloutWords(rollout),
    `  version ${version}, begun ${momentWords(madeMs)} by ${actorWords(madeBy)}`,
    `  boxes: ${counted.join(', ')}`,
    ...stages.map(
      (each, i) =>
        `  ${i === stage ? '>' : ' '} ${i === 0 ? 'canary' : `stage ${i}`}: ${each.confirmed} confirmed, ${each.has} have it, of ${each.boxes}`,
    ),
    `  checkouts: ${salesWords(sales.with)} with it, ${salesWords(sales.without)} without`,
    `  requests: ${answersWords(answers.with)} with it, ${answersWords(answers.without)} without`,
  ];
}

export function boxLine({ applianceId, state, sinceMs, reason }: RolloutBoxView): string {
  const since = sinceMs === null ? '' : ` since ${momentWords(sinceMs)}`;
  return `  ${applianceId}  ${state}${since}${reason === null ? '' : `  ${reason}`}`;
}

export function eventLine({ atMs, actor, what }: RolloutEvent): string {
  const { kind, ...detail } = what;
  const more = Object.keys(detail).length === 0 ? '' : `  ${JSON.stringify(detail)}`;
  return `  ${momentWords(atMs)}  ${kind}  ${actorWords(actor)}${more}`;
}

export function reasonWords(reason: EndReason): string {
  switch (reason.code) {
    case 'boxes_failed':
      return `${reason.failed} of ${reason.of} boxes could not take it`;
    case 'too_few_confirmed':
      return `only ${reason.confirmed} of ${reason.of} boxes proved it in time`;
    case 'declines_above_control':
      return `${reason.percent} % declined with it, ${reason.controlPercent} % without`;
    case 'errors_above_control':
      return `${reason.percent} % of requests failed with it, ${reason.controlPercent} % without`;
    case 'by_hand':
      return `by hand: ${reason.words}`;
    case 'superseded':
      return `version ${reason.version} was published for everybody`;
    default:
      return unreachable(reason);
  }
}

/** Why no rollout was made, and what to do. */
export function createdWords(said: Exclude<RolloutCreated, { kind: 'created' }>): {
  message: string;
  hint: string;
} {
  switch (said.kind) {
    case 'nobody':
      return {
        message: 'no appliance that is let in has these sites and labels',
        hint: 'See `appliance list` and `appliance label`.',
      };
    case 'appliance_unknown':
      return {
        message: `${said.applianceId} is not among the appliances that the target names`,
        hint: 'Canaries are of the target themselves; see `appliance list`.',
      };
    case 'release_unknown':
      return { message: 'no release of that name was added', hint: 'See `release list` and `release add`.' };
    case 'policy_missing':
      return {
        message: 'there is no policy yet that flags could be changed of',
        hint: 'Start central once.',
      };
    case 'catalogue_missing':
      return {
        message: 'there is no catalogue yet that boxes could go back to',
        hint: 'Publish the first one to everybody: catalogue publish.',
      };
    case 'draft_unknown':
      return {
        message: 'no draft of the catalogue has that number',
        hint: 'See `catalogue drafts`; make one with `catalogue import FILE --draft`.',
      };
    case 'publication_under_way':
      return { message: 'a catalogue is being published', hint: 'Ask again when that is done.' };
    case 'overlaps':
      return {
        message: `rollout ${said.rollout} is bringing some of these appliances something of the same kind`,
        hint: `Let it end, or abort it: rollout abort ${said.rollout}.`,
      };
    default:
      return unreachable(said);
  }
}

export function notNowWords(verb: string, state: RolloutState): string {
  return `A rollout that is ${state} cannot ${verb}: running ones pause, paused ones resume, both abort.`;
}

function salesWords({ checkouts, declined }: { checkouts: number; declined: number }): string {
  return `${checkouts} (${declined} declined)`;
}

function answersWords({ requests, errors }: { requests: number; errors: number }): string {
  return `${requests} (${errors} failed)`;
}
