// What stands behind @opentelemetry/api: a provider whose spans go to an exporter of ours. Whoever embeds the program may
// register another one in its place. https://opentelemetry.io/docs/specs/otel/trace/api/
import {
  type Span as ApiSpan,
  type Attributes,
  type AttributeValue,
  type Context,
  context as contexts,
  createContextKey,
  type Exception,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { Span } from './spans.ts';
import { newSpanId, spanIdOf } from './traceparent.ts';

/** Of one span: more than any of ours has, and what somebody else's library may add at most. */
const attributesMax = 64;

const wordKey = createContextKey('holdfast.span.word');
const rootKey = createContextKey('holdfast.span.root');

/**
 * The context of a span in a trace. Without a parent the API knows no way to name a trace: one is named that nobody makes, and
 * left out again by our provider.
 * @param word the span is the one of that word in its trace, and its id follows from both; null: any id
 */
export function contextIn(traceId: string, parentId: string | null, word: string | null): Context {
  const spanId = parentId ?? spanIdOf(traceId, 'press');
  const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace
    .setSpanContext(ROOT_CONTEXT, parent)
    .setValue(wordKey, word)
    .setValue(rootKey, parentId === null);
}

export function createTracerProvider(
  exporter: { add(span: Span): void },
  nowMs: () => number,
): TracerProvider {
  const tracer = {
    startSpan(name: string, options: SpanOptions = {}, context: Context = contexts.active()): ApiSpan {
      return startSpan({ name, options, context, nowMs }, exporter.add);
    },
    startActiveSpan(name: string, ...rest: unknown[]): unknown {
      const run = rest.pop() as (span: ApiSpan) => unknown;
      const [options = {}, context = contexts.active()] = rest as [SpanOptions?, Context?];
      const span = tracer.startSpan(name, options, context);
      return contexts.with(trace.setSpan(context, span), run, undefined, span);
    },
  };
  return { getTracer: () => tracer as ReturnType<TracerProvider['getTracer']> };
}

function startSpan(
  begun: { name: string; options: SpanOptions; context: Context; nowMs(): number },
  add: (span: Span) => void,
): ApiSpan {
  const { options, context, nowMs } = begun;
  const parent = parentOf(options, context);
  const traceId = parent?.traceId ?? newSpanId() + newSpanId();
  const word = context.getValue(wordKey);
  const spanId = parent && typeof word === 'string' ? spanIdOf(traceId, word) : newSpanId();
  const self: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  const startMs = millisecondsOf(options.startTime, nowMs);
  const attributes: Record<string, Span['attributes'][string]> = {};
  const state = { name: begun.name, failed: false, ended: false };

  const set = (key: string, value: AttributeValue | undefined) => {
    if (value === undefined || state.ended) return;
    if (!(key in attributes) && Object.keys(attributes).length >= attributesMax) return;
    attributes[key] = Array.isArray(value)
      ? value.map(String).join(',')
      : (value as string | number | boolean);
  };
  const setAll = (all: Attributes = {}) => {
    for (const [key, value] of Object.entries(all)) set(key, value);
  };
  setAll(options.attributes);

  const span: ApiSpan = {
    spanContext: () => self,
    setAttribute: (key, value) => given(() => set(key, value)),
    setAttributes: (all) => given(() => setAll(all)),
    // Events and links are left out: nothing of ours has any.
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: ({ code }: SpanStatus) =>
      given(() => {
        state.failed = code === SpanStatusCode.ERROR;
      }),
    updateName: (name) =>
      given(() => {
        state.name = name;
      }),
    recordException: (error: Exception) => set('error.type', typeof error === 'string' ? error : error.name),
    isRecording: () => !state.ended,
    end(endTime) {
      if (state.ended) return;
      state.ended = true;
      add({
        ...{ traceId, spanId, name: state.name, kind: kinds[options.kind ?? SpanKind.INTERNAL] },
        parentId: parent && context.getValue(rootKey) !== true ? parent.spanId : null,
        ...{ startMs, endMs: millisecondsOf(endTime, nowMs), attributes, failed: state.failed },
      });
    },
  };
  const given = (change: () => void) => {
    if (!state.ended) change();
    return span;
  };
  return span;
}

const kinds = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
} as const satisfies Record<SpanKind, Span['kind']>;

function parentOf({ root }: SpanOptions, context: Context): SpanContext | null {
  const parent = root === true ? undefined : trace.getSpanContext(context);
  return parent && isSpanContextValid(parent) ? parent : null;
}

/** A time of the API: milliseconds since 1970 or since the process began, a Date, or seconds with nanoseconds. */
function millisecondsOf(time: TimeInput | undefined, nowMs: () => number): number {
  if (time === undefined) return nowMs();
  if (time instanceof Date) return time.getTime();
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6;
  return time < performance.timeOrigin && time < 1e11 ? performance.timeOrigin + time : time;
}
