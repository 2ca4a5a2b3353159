// The trace of a checkout at the door: which one it belongs to, and the spans of its request, by the interface of OpenTelemetry.
// Where nobody collects them the tracer makes none.
import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { Checkout } from '../../contract/checkout.ts';
import { traceIdOf } from '../../contract/trace.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import type { Clock } from '../../kit/clock.ts';
import { parseTraceparent } from '../../kit/traceparent.ts';
import { contextIn } from '../../kit/tracer-provider.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import type { StoreClient } from '../store/client.ts';

export interface TracingParts {
  tracer: Tracer;
  clock: Clock;
  store: Pick<StoreClient, 'ask' | 'lastSeq'>;
}

export interface Tracing {
  /** Called when a request arrives, with its header `traceparent`. */
  begin(header: string): RequestTrace;
}

export interface RequestTrace {
  /** For the entry, where it is another than that of the id. */
  traceIdFor(id: string): { traceId?: string };
  /** From now on it waits for central's word. */
  asked(): void;
  end(answered: {
    id: string;
    seq: number;
    verdict: VerdictKind;
    checkout: Checkout;
    synthetic: boolean;
  }): void;
}

/** The offset from central's time changes slowly, and a span that is off by less is none the worse. */
const offsetMsMax = 60_000;

export function createTracing({ tracer, clock, store }: TracingParts): Tracing {
  /** What central's time is ahead of the box's own, which may be years off. */
  const offset = { ms: 0, atMs: Number.NEGATIVE_INFINITY };
  /** A provider may be registered at any time: known by what became of the last span. */
  const seen = { recorded: false };

  function refreshOffset(): void {
    if (clock.monotonicMs() - offset.atMs < offsetMsMax) return;
    offset.atMs = clock.monotonicMs();
    store.ask('health', {}).then(
      ({ at }) => {
        offset.ms = at.central ? at.central.ms - at.wallMs : 0;
      },
      () => {},
    );
  }

  return {
    begin(header) {
      // What is refused in a body has no place in a header either: it would stand in the journal.
      const parent = header !== '' && !holdsCardNumber(header) ? parseTraceparent(header) : null;
      const began = { wallMs: clock.wallMs(), ms: clock.monotonicMs(), lastSeq: store.lastSeq };
      let askedMs: number | null = null;
      // One that is never ended is never sent.
      seen.recorded ||= tracer.startSpan('is anybody there').isRecording();
      if (seen.recorded) refreshOffset();
      return {
        traceIdFor(id) {
          const own = traceIdOf({ id });
          return parent && parent.traceId !== own ? { traceId: parent.traceId } : {};
        },
        asked() {
          askedMs = clock.monotonicMs();
        },
        end({ id, seq, verdict, checkout, synthetic }) {
          const traceId = parent?.traceId ?? traceIdOf({ id });
          // Of a repeated request the entry was there before: it is a span of its own, and nothing hangs on it.
          const isFirst = seq > began.lastSeq;
          const at = (monotonicMs: number) => began.wallMs + offset.ms + monotonicMs - began.ms;
          const span = tracer.startSpan(
            'POST /v1/checkouts',
            { kind: SpanKind.SERVER, startTime: at(began.ms) },
            contextIn(traceId, parent?.parentId ?? null, isFirst ? 'accept' : null),
          );
          seen.recorded = span.isRecording();
          if (!seen.recorded) return;
          const endMs = at(clock.monotonicMs());
          span.setAttributes({
            'http.request.method': 'POST',
            'http.route': '/v1/checkouts',
            'http.response.status_code': 201,
            'holdfast.checkout.id': id,
            'holdfast.entry.seq': seq,
            'holdfast.verdict': verdict,
            'holdfast.total_minor': checkout.totalMinor,
            'holdfast.currency': checkout.currency,
            'holdfast.synthetic': synthetic,
          });
          if (askedMs !== null) {
            const { spanId } = span.spanContext();
            const context = contextIn(traceId, spanId, isFirst ? 'await decision' : null);
            const waiting = { startTime: at(askedMs), attributes: { 'holdfast.verdict': verdict } };
            tracer.startSpan('await decision', waiting, context).end(endMs);
          }
          span.end(endMs);
        },
      };
    },
  };
}
