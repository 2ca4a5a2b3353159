// /metrics of central for Prometheus: what it knows of the fleet and of itself. No box, site or checkout is a label, so that its size
// does not grow with them.

import {
  counter,
  type Family,
  gauge,
  processFamilies,
  prometheusText,
  type Sample,
} from '../../kit/prometheus.ts';
import type { FleetSummary } from '../alerts/watch.ts';
import type { Alert } from '../alerts/words.ts';
import type { ProcessorView } from '../charging/loop.ts';
import type { IgnoredFrames } from '../intake/intake.ts';

export interface MetricsFacts {
  version: string;
  /** Of the last look; null before the first. */
  fleet: FleetSummary | null;
  nowMs: number;
  /** Null where the broker is another's. */
  connections: number | null;
  reports: number;
  ignored: readonly IgnoredFrames[];
  processors: readonly ProcessorView[];
}

export function metricsText(facts: MetricsFacts): string {
  return prometheusText([...processFamilies(facts.version), ...fleetFamilies(facts), ...ownFamilies(facts)]);
}

function fleetFamilies({ fleet, nowMs }: MetricsFacts): Family[] {
  if (fleet === null) return [];
  const { states, alerts, unreceived, exposure, lookedMs } = fleet;
  const severities: Alert['severity'][] = ['warning', 'critical'];
  return [
    gauge(
      'holdfast_appliances',
      'Boxes by what central concludes of them.',
      ...by('state', Object.entries(states)),
    ),
    gauge(
      'holdfast_alerts',
      'Alerts that stand.',
      ...severities.flatMap((severity) =>
        (['open', 'acknowledged'] as const).map((state) => ({
          labels: { severity, state },
          value: alerts.filter((alert) => alert.severity === severity && alert.state === state).length,
        })),
      ),
    ),
    gauge(
      'holdfast_fleet_unreceived_entries',
      'Entries that boxes wrote and that are not here, as far as they said.',
      {
        value: unreceived,
      },
    ),
    gauge(
      'holdfast_fleet_exposure_minor',
      'Approved offline and without an outcome, as far as boxes said.',
      ...by('currency', [...exposure]),
    ),
    gauge('holdfast_fleet_look_age_seconds', 'Since the fleet was looked at.', {
      value: (nowMs - lookedMs) / 1000,
    }),
  ];
}

function ownFamilies({ connections, reports, ignored, processors }: MetricsFacts): Family[] {
  const dropped = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { frame, reason, times } of ignored) {
    const key = `${frame} ${reason}`;
    dropped.set(key, { labels: { frame, reason }, value: (dropped.get(key)?.value ?? 0) + times });
  }
  return [
    gauge('holdfast_connections', 'Boxes that are connected.', { value: connections }),
    counter('holdfast_health_reports_total', 'Reports that were taken.', { value: reports }),
    counter('holdfast_frames_ignored_total', 'Frames that were not believed.', ...dropped.values()),
    gauge(
      'holdfast_processor_up',
      '1 while the breaker of a processor is closed.',
      ...by(
        'processor',
        processors.map(({ name, breaker }) => [name, breaker === 'closed' ? 1 : 0]),
      ),
    ),
    gauge(
      'holdfast_processor_calls_in_flight',
      'Calls on their way.',
      ...by(
        'processor',
        processors.map(({ name, inFlight }) => [name, inFlight]),
      ),
    ),
    counter(
      'holdfast_processor_calls_total',
      'Calls by what came of them.',
      ...processors.flatMap(({ name, counts }) =>
        Object.entries(counts).map(([result, value]) => ({ labels: { processor: name, result }, value })),
      ),
    ),
  ];
}

function by(label: string, values: readonly (readonly [string, number])[]): Sample[] {
  return values.map(([name, value]) => ({ labels: { [label]: name }, value }));
}
