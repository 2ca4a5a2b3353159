// The box's spans: made by the interface of OpenTelemetry, and sent by our exporter where the configuration names a collector. A
// provider that was registered before the program began (node --import) stays, and gets them in its place.
import { type Tracer, trace } from '@opentelemetry/api';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { createSpanExporter } from '../../kit/spans.ts';
import { createTracerProvider } from '../../kit/tracer-provider.ts';
import { readOtlpHeaders, type TracingConfig } from '../../kit/tracing-config.ts';
import { type Collector, openSpanTarget } from '../remote/span-target.ts';

export interface BoxSpans {
  tracer: Tracer;
  goTo(collector: Collector | null): void;
  stop(): Promise<void>;
}

/** @throws OtlpHeadersError */
export function collectorOf(tracing: TracingConfig): Collector | null {
  const { otlpUrl: url } = tracing;
  return url === null ? null : { url, headers: readOtlpHeaders(tracing, process.env) };
}

/** @throws OtlpHeadersError */
export function exportSpans(
  config: TracingConfig,
  { applianceId, release, clock, log }: { applianceId: string; release: string; clock: Clock; log: Log },
): BoxSpans {
  const service = { name: 'holdfast', version: release, instanceId: applianceId };
  const target = openSpanTarget((collector) =>
    createSpanExporter({ ...collector, service }, { clock, random: Math.random, log }),
  );
  let isOurs = false;
  const goTo = (collector: Collector | null) => {
    target.goTo(collector);
    if (collector === null || isOurs) return;
    isOurs = trace.setGlobalTracerProvider(createTracerProvider(target, clock.wallMs));
    if (isOurs) return;
    const { url } = collector;
    log.warn({ otlpUrl: url }, 'another provider of spans is registered: tracing.otlpUrl is not used');
  };
  goTo(collectorOf(config));
  return { tracer: trace.getTracer('holdfast', release), goTo, stop: target.stop };
}
