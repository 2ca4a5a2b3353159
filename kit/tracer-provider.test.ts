// Spans by the interface of OpenTelemetry: their ids follow from the trace where that is asked, and whatever else uses the interface
// is served as it expects.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Span } from './spans.ts';
import { spanIdOf } from './traceparent.ts';
import { contextIn, createTracerProvider } from './tracer-provider.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
let ended: Span[];
const tracer = createTracerProvider({ add: (span) => ended.push(span) }, () => 7000).getTracer('test');
beforeEach(() => {
  ended = [];
});

describe('a span', () => {
  it('that is the one of its word has the id that everybody can derive, and the parent that was named', () => {
    const options = { kind: SpanKind.SERVER, startTime: 1_795_000_000_000, attributes: { a: 1 } };
    const span = tracer.startSpan('accept it', options, contextIn(traceId, parentId, 'accept'));
    expect(ended).toEqual([]);
    span
      .setAttribute('b', true)
      .setAttributes({ c: ['x', 'y'] })
      .end(1_795_000_000_020);
    expect(ended).toEqual([
      {
        ...{ traceId, spanId: spanIdOf(traceId, 'accept'), parentId, name: 'accept it', kind: 'server' },
        ...{ startMs: 1_795_000_000_000, endMs: 1_795_000_000_020, failed: false },
        attributes: { a: 1, b: true, c: 'x,y' },
      },
    ]);
  });

  it('without a parent is in the trace that was named and hangs on nothing; one of no word is always another', () => {
    for (const word of ['accept', null, null])
      tracer.startSpan('a', {}, contextIn(traceId, null, word)).end();
    expect(ended.map((span) => [span.traceId, span.parentId])).toEqual(Array(3).fill([traceId, null]));
    expect(new Set(ended.map(({ spanId }) => spanId)).size).toBe(3);
  });

  it('of somebody who knows nothing of us begins a trace, and its children hang on it', () => {
    const outer = tracer.startSpan('outer', {}, ROOT_CONTEXT);
    const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, outer));
    child.recordException(new TypeError('no'));
    child.setStatus({ code: SpanStatusCode.ERROR }).end();
    outer.end();
    const [inner, root] = ended;
    expect(root).toMatchObject({ parentId: null, startMs: 7000, endMs: 7000, failed: false });
    expect(root?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(inner).toMatchObject({ traceId: root?.traceId, parentId: root?.spanId, failed: true });
    expect(inner?.attributes).toEqual({ 'error.type': 'TypeError' });
    expect(tracer.startActiveSpan('active', (span) => span.isRecording())).toBe(true);
  });

  it('ends once, takes nothing after that, and no more attributes than it may have', () => {
    const span = tracer.startSpan('a', { startTime: new Date(5) });
    for (let i = 0; i < 100; i++) span.setAttribute(`k${i}`, i);
    span.end([1, 500_000_000]);
    span.setAttribute('k0', 'late').updateName('late').end();
    expect(span.isRecording()).toBe(false);
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ name: 'a', startMs: 5, endMs: 1500 });
    expect(ended[0]?.attributes.k0).toBe(0);
    expect(Object.keys(ended[0]?.attributes ?? {})).toHaveLength(64);
  });
});
