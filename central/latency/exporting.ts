// What is booked goes out as spans, where the configuration names a collector.
import { hostname } from 'node:os';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { createSpanExporter } from '../../kit/spans.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Traced } from './port.ts';
import { spansOf } from './spans.ts';

export interface Exporting {
  /** For the store: without a collector it is not even asked for what it booked. */
  events: { onBooked?(traced: Traced[]): void };
  stop(): Promise<void>;
}

export function exportSpans(
  { otlpUrl }: { otlpUrl: string | null },
  { clock, log }: { clock: Clock; log: Log },
): Exporting {
  if (otlpUrl === null) return { events: {}, stop: async () => {} };
  const service = { name: 'holdfast-central', version: packageJson.version, instanceId: hostname() };
  const spans = createSpanExporter({ url: otlpUrl, service }, { clock, random: Math.random, log });
  const onBooked = (traced: Traced[]) => {
    for (const one of traced) for (const span of spansOf(one)) spans.add(span);
  };
  return { events: { onBooked }, stop: spans.stop };
}
