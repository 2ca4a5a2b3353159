// The fleet in words, for a terminal.
import { unreachable } from '../../kit/assert.ts';
import { momentWords } from '../commands/moment.ts';
import type { FleetMember } from './answers.ts';
import { exposureWords, reportLines } from './report-words.ts';

/** One line for a list. */
export function memberWords(member: FleetMember): string {
  const { id, site, release } = member;
  return [
    id,
    site === null ? 'without a site' : `at ${site}`,
    ...stateWords(member),
    ...(release === null ? [] : [`release ${release}`]),
  ].join('  ');
}

/** Everything that is known. */
export function memberLines(member: FleetMember): string[] {
  const { report, reportHeardMs, lastProofMs } = member;
  return [
    memberWords(member),
    lastProofMs === null ? '  never heard' : `  last heard ${momentWords(lastProofMs)}`,
    ...(report === null || reportHeardMs === null
      ? ['  it has not said how it is']
      : reportLines(report, reportHeardMs)),
  ];
}

function stateWords({ state }: FleetMember): string[] {
  switch (state.kind) {
    case 'retired':
      return [`${state.how} since ${momentWords(state.sinceMs)}`];
    case 'never_seen':
      return ['never seen'];
    case 'silent':
      return [
        `silent since ${momentWords(state.sinceMs)}`,
        `${state.unreceivedAtLeast} unreceived at least`,
        ...exposureWords(state.exposure, 'at least'),
      ];
    case 'selling_offline':
      return [`sells offline since ${momentWords(state.sinceMs)}`, ...codes(state.conditions)];
    case 'degraded':
      return ['sells, degraded', ...codes(state.conditions)];
    case 'selling_online':
      return ['sells online'];
    case 'not_reporting':
      return ['heard, and says nothing of itself'];
    default:
      return unreachable(state);
  }
}

const codes = (conditions: readonly { code: string }[]) => conditions.map(({ code }) => code);
