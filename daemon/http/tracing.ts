// The trace of a checkout at the door: which one it belongs to, and, where a collector is configured, the span of its request.
import type { Checkout } from '../../contract/checkout.ts';
import { traceIdOf } from '../../contract/trace.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import type { Clock } from '../../kit/clock.ts';
import type { SpanExporter } from '../../kit/spans.ts';
import { newSpanId, parseTraceparent, spanIdOf } from '../../kit/traceparent.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import type { StoreClient } from '../store/client.ts';

export interface TracingParts {
  /** Null: nobody collects them. */
  spans: SpanExporter | null;
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

export function createTracing({ spans, clock, store }: TracingParts): Tracing {
  /** What central's time is ahead of the box's own, which may be years off. */
  const offset = { ms: 0, atMs: Number.NEGATIVE_INFINITY };

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
      if (spans) refreshOffset();
      return {
        traceIdFor(id) {
          const own = traceIdOf({ id });
          return parent && parent.traceId !== own ? { traceId: parent.traceId } : {};
        },
        end({ id, seq, verdict, checkout, synthetic }) {
          if (!spans) return;
          const traceId = parent?.traceId ?? traceIdOf({ id });
          // Of a repeated request the entry was there before: it is a span of its own, and nothing hangs on it.
          const first = seq > began.lastSeq;
          const startMs = began.wallMs + offset.ms;
          spans.add({
            ...{ traceId, spanId: first ? spanIdOf(traceId, 'accept') : newSpanId() },
            ...{ parentId: parent?.parentId ?? null, name: 'POST /v1/checkouts', kind: 'server' as const },
            ...{ startMs, endMs: startMs + clock.monotonicMs() - began.ms },
            attributes: {
              'http.request.method': 'POST',
              'http.route': '/v1/checkouts',
              'http.response.status_code': 201,
              'holdfast.checkout.id': id,
              'holdfast.entry.seq': seq,
              'holdfast.verdict': verdict,
              'holdfast.total_minor': checkout.totalMinor,
              'holdfast.currency': checkout.currency,
              'holdfast.synthetic': synthetic,
            },
          });
        },
      };
    },
  };
}
