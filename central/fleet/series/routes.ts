// The routes of how a box was: a metric over time, and when conditions and outages began and ended.
import * as z from 'zod';
import { latencyBoundsMs } from '../../../contract/latency.ts';
import { Moment } from '../../http/fields.ts';
import { found, ProblemError } from '../../http/problems.ts';
import { WholeNumber } from '../../http/query.ts';
import { type Route, route } from '../../http/route.ts';
import type { FleetPast } from '../port.ts';
import { type Metric, metricNamed, metricNames, metrics } from './metrics.ts';
import { pointsMax } from './steps.ts';

const hourMs = 3_600_000;
/** Where nothing is said: what a person who looks wants first. */
export const seriesUsualMs = 6 * hourMs;
export const timelineUsualMs = 7 * 24 * hourMs;

const Span = z.strictObject({
  from: WholeNumber.optional().meta({ description: 'Milliseconds since 1970, UTC.' }),
  to: WholeNumber.optional().meta({ description: 'Milliseconds since 1970, UTC; now unless said.' }),
});
const ApplianceParams = z.object({ id: z.string() });

const units = [...new Set(metrics.map(({ unit }) => unit))] as [Metric['unit'], ...Metric['unit'][]];
const kinds = ['gauge', 'count', 'latency'] as const;
const MetricAnswer = z.object({
  name: z.string(),
  kind: z.enum(kinds),
  unit: z.enum(units),
  words: z.string(),
});
const Metrics = z
  .object({ items: z.array(MetricAnswer), latencyBoundsMs: z.array(z.int()) })
  .meta({ id: 'FleetMetrics' });

const Share = z.int().nullable().meta({ description: 'Null: none, or above the last bound.' });
const Point = z.union([
  z.object({ atMs: Moment, min: z.int(), max: z.int(), mean: z.int(), last: z.int() }),
  z.object({ atMs: Moment, count: z.int() }),
  z.object({
    atMs: Moment,
    counts: z.array(z.int()).meta({ description: 'By latencyBoundsMs; a last one above them.' }),
    p50Ms: Share,
    p99Ms: Share,
  }),
]);
const Series = z
  .object({
    metric: z.string(),
    kind: z.enum(kinds),
    unit: z.enum(units),
    stepSeconds: z.int().meta({ description: 'Each point begins at its time and stands for so long.' }),
    points: z.array(Point).max(pointsMax).meta({
      description:
        'A gauge has min, max, mean and last; a count, its count; a latency, its counts. None where nothing was heard.',
    }),
  })
  .meta({ id: 'FleetSeries' });

const Timeline = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['condition', 'outage', 'silence', 'start']),
        code: z.string().meta({ description: 'The condition, or the release that started; else empty.' }),
        sinceMs: Moment,
        untilMs: Moment.nullable().meta({ description: 'Null while it holds.' }),
      }),
    ),
  })
  .meta({ id: 'FleetTimeline' });

const atMs = 1_795_341_600_000;

export function seriesRoutes(past: FleetPast, { nowMs }: { nowMs(): number }): Route[] {
  return [
    route({
      id: 'listFleetMetrics',
      method: 'GET',
      path: '/v1/fleet-metrics',
      summary: 'List what is kept of every appliance over time, with units',
      action: 'fleet.read',
      answer: Metrics,
      example: {
        items: [{ name: 'exposure_minor', kind: 'gauge', unit: 'minor', words: 'approved offline' }],
        latencyBoundsMs: [...latencyBoundsMs],
      },
      handle: async () => ({
        items: metrics.map(({ name, kind, unit, words }) => ({ name, kind, unit, words })),
        latencyBoundsMs: [...latencyBoundsMs],
      }),
    }),
    route({
      id: 'readSeries',
      method: 'GET',
      path: '/v1/fleet/:id/series',
      summary: `Read a metric of an appliance over time, at the finest step of at most ${pointsMax} points`,
      action: 'fleet.read',
      params: ApplianceParams,
      query: Span.extend({ metric: z.string() }),
      answer: Series,
      example: {
        ...{ metric: 'exposure_minor', kind: 'gauge', unit: 'minor', stepSeconds: 300 },
        points: [{ atMs, min: 0, max: 1200, mean: 310, last: 0 }],
      },
      problems: ['not_found'],
      handle: async ({ params: { id }, query: { metric, from, to } }) => {
        const span = spanOf(from, to, seriesUsualMs, nowMs());
        return found(past.series(id, known(metric), { ...span, nowMs: nowMs() }), 'appliance that reported');
      },
    }),
    route({
      id: 'readTimeline',
      method: 'GET',
      path: '/v1/fleet/:id/timeline',
      summary: 'Read when conditions, outages and silences of an appliance began and ended, the newest first',
      action: 'fleet.read',
      params: ApplianceParams,
      query: Span,
      answer: Timeline,
      example: { items: [{ kind: 'condition', code: 'stock_low', sinceMs: atMs, untilMs: null }] },
      problems: ['not_found'],
      handle: async ({ params: { id }, query: { from, to } }) => ({
        items: found(
          past.timeline(id, spanOf(from, to, timelineUsualMs, nowMs())),
          'appliance that reported',
        ),
      }),
    }),
  ];
}

/** @throws ProblemError query_malformed */
function spanOf(from: number | undefined, to: number | undefined, usualMs: number, nowMs: number) {
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - usualMs;
  if (fromMs >= toMs) throw new ProblemError('query_malformed', 'from: must be before to');
  return { fromMs, toMs };
}

/** @throws ProblemError query_malformed */
function known(name: string): Metric {
  const metric = metricNamed(name);
  if (metric !== null) return metric;
  throw new ProblemError('query_malformed', `metric: use one of ${metricNames.join(', ')}`);
}
