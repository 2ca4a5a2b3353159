// The box's spans: made by the interface of OpenTelemetry, and sent by our exporter where the configuration names a collector. A
// provider that was registered before the program began (node --import) stays, and gets them in its place.
import { type Tracer, trace } from '@opentelemetry/api';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { createSpanExporter } from '../../kit/spans.ts';
import { createTracerProvider } from '../../kit/tracer-provider.ts';
import { readOtlpHeaders, type TracingConfig } from '../../kit/tracing-config.ts';

/** @throws OtlpHeadersError */
export function exportSpans(
  config: TracingConfig,
  { applianceId, release, clock, log }: { applianceId: string; release: string; clock: Clock; log: Log },
): { tracer: Tracer; stop(): Promise<void> } {
  const { otlpUrl } = config;
  const tracer = () => trace.getTracer('holdfast', release);
  if (otlpUrl === null) return { tracer: tracer(), stop: async () => {} };
  const service = { name: 'holdfast', version: release, instanceId: applianceId };
  const headers = readOtlpHeaders(config, process.env);
  const spans = createSpanExporter({ url: otlpUrl, service, headers }, { clock, random: Math.random, log });
  if (!trace.setGlobalTracerProvider(createTracerProvider(spans, clock.wallMs))) {
    log.warn({ otlpUrl }, 'another provider of spans is registered: tracing.otlpUrl is not used');
  }
  return { tracer: tracer(), stop: spans.stop };
}
