// `fleet series`, `timeline`: how a box was, as far as it said.
import { type Command, Option } from 'commander';
import { latencyBoundsMs } from '../../contract/latency.ts';
import { CommandError } from '../errors.ts';
import { metricNamed, metricNames, metrics } from '../fleet/series/metrics.ts';
import type { Point } from '../fleet/series/points.ts';
import { seriesUsualMs, timelineUsualMs } from '../fleet/series/routes.ts';
import type { FleetEvent } from '../fleet/series/timeline.ts';
import { fleetAtRest } from '../fleet/sqlite/fleet-file.ts';
import { databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { momentArgument } from './moment-argument.ts';

interface Span {
  from?: number;
  to?: number;
}

const spanOptions = (usual: string) => [
  new Option('--from <moment>', `the beginning; ${usual} before the end unless said`).argParser(
    momentArgument,
  ),
  new Option('--to <moment>', 'the end; now unless said').argParser(momentArgument),
];
const behind = 'A command beside the service may be five minutes behind it.';

export function fleetSeries(): Command {
  return databaseCommand(
    {
      name: 'series',
      description: 'show a metric of an appliance over time',
      arguments: [['<id>', 'the appliance']],
      options: [
        new Option('--metric <name>', 'which').choices(metricNames).makeOptionMandatory(),
        ...spanOptions('6 hours'),
      ],
      help: `${metrics.map(({ name, words }) => `${name.padEnd(26)}${words}`).join('\n')}\n\nThe finest step is shown that is kept for the time asked for, in 1,000 points\nat most. ${behind}`,
      examples: [
        'fleet series leeds-1 --metric unreceived_entries --config central.toml',
        'fleet series leeds-1 --metric http_ms --from 2026-11-01 --json --config central.toml',
      ],
    },
    (dataFolder, { metric: name, ...span }: Span & { metric: string }, id: string) => {
      const metric = metricNamed(name);
      const nowMs = Date.now();
      const answer =
        metric &&
        atRest(dataFolder, (file) =>
          file.series(id, metric, { ...spanOf(span, seriesUsualMs, nowMs), nowMs }),
        );
      if (answer === null) throw neverReported(id);
      const lines = answer.points.map((point) => `${momentWords(point.atMs)}  ${pointWords(point)}`);
      const head = `${answer.metric} of ${id} in ${answer.unit}, each ${answer.stepSeconds} s`;
      return {
        result: answer,
        words: [head, ...(lines.length === 0 ? ['nothing was said in that time'] : lines)].join('\n'),
      };
    },
  );
}

export function fleetTimeline(): Command {
  return databaseCommand(
    {
      name: 'timeline',
      description: 'show when conditions, outages and silences of an appliance began and ended',
      arguments: [['<id>', 'the appliance']],
      options: spanOptions('7 days'),
      help: behind,
      examples: ['fleet timeline leeds-1 --config central.toml'],
    },
    (dataFolder, span: Span, id: string) => {
      const items = atRest(dataFolder, (file) =>
        file.timeline(id, spanOf(span, timelineUsualMs, Date.now())),
      );
      if (items === null) throw neverReported(id);
      const words =
        items.length === 0 ? 'nothing began or ended in that time' : items.map(eventWords).join('\n');
      return { result: { items }, words };
    },
  );
}

function atRest<T>(dataFolder: string, read: (file: ReturnType<typeof fleetAtRest>) => T): T {
  const file = fleetAtRest(dataFolder);
  try {
    return read(file);
  } finally {
    file.close();
  }
}

/** @throws CommandError argument_malformed */
function spanOf({ from, to }: Span, usualMs: number, nowMs: number) {
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - usualMs;
  if (fromMs < toMs) return { fromMs, toMs };
  throw new CommandError('argument_malformed', '--from does not lie before --to', 'Exchange them.');
}

function neverReported(id: string): CommandError {
  const hint = 'See `fleet list` for those that are known. A box says how it is while it is linked.';
  return new CommandError('appliance_unknown', `${id} never said how it is`, hint);
}

function pointWords(point: Point): string {
  if ('count' in point) return String(point.count);
  if ('last' in point) return `${point.last}  (${point.min} to ${point.max}, mean ${point.mean})`;
  const total = point.counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'none';
  const bound = (ms: number | null) =>
    ms === null ? `above ${latencyBoundsMs.at(-1)} ms` : `${ms} ms at most`;
  return `${total}, half ${bound(point.p50Ms)}, 99 of 100 ${bound(point.p99Ms)}`;
}

function eventWords({ kind, code, sinceMs, untilMs }: FleetEvent): string {
  const since = momentWords(sinceMs);
  switch (kind) {
    case 'start':
      return `${since}  release ${code} started`;
    case 'silence':
      return `${since}  nothing was heard until ${untilMs === null ? 'now' : momentWords(untilMs)}`;
    default: {
      const until = untilMs === null ? 'holds' : `until ${momentWords(untilMs)}`;
      return `${since}  ${kind === 'outage' ? 'without a link' : code}  ${until}`;
    }
  }
}
