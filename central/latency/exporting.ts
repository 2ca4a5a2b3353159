// What the store tells of the way of documents goes out as spans, where the configuration names a collector.
import { hostname } from 'node:os';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { createSpanExporter } from '../../kit/spans.ts';
import { OtlpHeadersError, readOtlpHeaders, type TracingConfig } from '../../kit/tracing-config.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { CommandError } from '../errors.ts';
import type { Traced } from './port.ts';
import { spansOf } from './spans.ts';

export interface Exporting {
  /** For the store: without a collector it is not even asked for what it did. */
  events: { onTraced?(traced: Traced[]): void };
  stop(): Promise<void>;
}

/** @throws CommandError secret_unusable */
export function exportSpans(config: TracingConfig, { clock, log }: { clock: Clock; log: Log }): Exporting {
  const { otlpUrl } = config;
  if (otlpUrl === null) return { events: {}, stop: async () => {} };
  const service = { name: 'holdfast-central', version: packageJson.version, instanceId: hostname() };
  const headers = headersOf(config);
  const spans = createSpanExporter({ url: otlpUrl, service, headers }, { clock, random: Math.random, log });
  const onTraced = (traced: Traced[]) => {
    for (const one of traced) for (const span of spansOf(one)) spans.add(span);
  };
  return { events: { onTraced }, stop: spans.stop };
}

function headersOf(config: TracingConfig): Record<string, string> {
  try {
    return readOtlpHeaders(config, process.env);
  } catch (error) {
    if (!(error instanceof OtlpHeadersError)) throw error;
    throw new CommandError('secret_unusable', error.message, error.hint, { cause: error });
  }
}
