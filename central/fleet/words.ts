// The fleet in words, for a terminal.
import { unreachable } from '../../kit/assert.ts';
import { momentWords } from '../commands/moment.ts';
import { moneyWords } from '../money-words.ts';
import type { FleetMember } from './answers.ts';

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

function exposureWords(
  exposure: NonNullable<FleetMember['report']>['exposure'] | null,
  how: string,
): string[] {
  if (!exposure?.currency) return [];
  return [`exposure ${how} ${moneyWords(exposure.totalMinor, exposure.currency)}`];
}

function reportLines(report: NonNullable<FleetMember['report']>, heardMs: number): string[] {
  const { link, journal, versions, process, machine, conditions, certificateEndsMs } = report;
  const unreceived = Math.max(0, journal.lastSeq - journal.receivedThrough);
  const disk = machine.diskFreeBytes === null ? [] : [`${gigabytes(machine.diskFreeBytes)} of disk free`];
  const warmth = machine.temperatureCelsius === null ? [] : [`${machine.temperatureCelsius} °C`];
  return [
    `  as it said ${momentWords(heardMs)}:`,
    `  link ${link.kind}, ${link.outages} outage(s) since it started`,
    `  journal ${journal.journalId}: ${journal.lastSeq} entries, ${unreceived} unreceived`,
    ...exposureWords(report.exposure, 'of').map((words) => `  ${words}`),
    `  catalogue version ${versions.catalogue}, policy version ${versions.policy}`,
    ...(certificateEndsMs === null ? [] : [`  certificate until ${momentWords(certificateEndsMs)}`]),
    `  ${[`${Math.round(process.residentBytes / 1e6)} MB resident`, ...disk, ...warmth].join(', ')}`,
    ...syntheticLines(report),
    ...conditions.map(({ code }) => `  ${code}`),
  ];
}

function syntheticLines({ synthetic }: NonNullable<FleetMember['report']>): string[] {
  if (!synthetic) return [];
  const { kind, failure, verdict, hops, atMs } = synthetic;
  const how = kind === 'failed' ? `failed, ${failure}` : kind.replace('_', ' ');
  const reached = Object.entries(hops).flatMap(([hop, ms]) =>
    ms === null ? [] : [`${hop.slice(0, -2)} ${ms} ms`],
  );
  return [
    `  ${[`synthetic checkout of ${momentWords(atMs)}: ${how}`, verdict ?? []].flat().join(', ')}`,
    ...(reached.length === 0 ? [] : [`    ${reached.join(', ')}`]),
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
