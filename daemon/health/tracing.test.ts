// Whose spans they are: ours where a collector is named, another provider's where one was there before, and none else.
import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { TracingConfig } from '../../kit/tracing-config.ts';
import { exportSpans } from './tracing.ts';

afterEach(() => trace.disable());

function exported(otlpUrl: string | null) {
  const warned: string[] = [];
  const note = (_: object, message: string) => void warned.push(message);
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  const parts = { applianceId: 'leeds-1', release: '0.1.0', clock: manualClock(), log };
  const { tracer, stop } = exportSpans(TracingConfig.parse({ otlpUrl }), parts);
  return { recording: () => tracer.startSpan('a').isRecording(), stop, warned };
}

it('makes none where nobody collects them, until somebody registers a provider', () => {
  const { recording, warned } = exported(null);
  expect(recording()).toBe(false);
  trace.setGlobalTracerProvider(provider([]));
  expect(recording()).toBe(true);
  expect(warned).toEqual([]);
});

it('makes ours for the collector that is named', async () => {
  const { recording, stop, warned } = exported('http://127.0.0.1:1');
  expect(recording()).toBe(true);
  expect(warned).toEqual([]);
  await stop();
});

it('leaves them to a provider that was there before, and says so', async () => {
  const asked: string[] = [];
  trace.setGlobalTracerProvider(provider(asked));
  const { recording, stop, warned } = exported('http://127.0.0.1:1');
  expect(recording()).toBe(true);
  expect(asked).toEqual(['holdfast 0.1.0']);
  expect(warned).toEqual(['another provider of spans is registered: tracing.otlpUrl is not used']);
  await stop();
});

/** Somebody else's: it records whatever it is asked for. */
function provider(asked: string[]): TracerProvider {
  return {
    getTracer(name, version) {
      asked.push(`${name} ${version}`);
      return { startSpan: () => ({ isRecording: () => true }) } as unknown as Tracer;
    },
  };
}
