// The kiosk's part of a trace (W3C Trace Context): the trace is the document's id, and the press is the span that begins it.

/** What an exporter of spans needs; times are milliseconds since 1970 by the kiosk's clock. */
export interface KioskSpan {
  traceId: string;
  spanId: string;
  /** As OpenTelemetry names the span of a client: the method, and the route. */
  name: string;
  startMs: number;
  endMs: number;
}

/** Begun when the request is about to be sent; its repetitions belong to it. */
export function beginTrace(id: string): { traceparent: string; end(path: string): KioskSpan } {
  const traceId = id.replaceAll('-', '');
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const spanId = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const startMs = Date.now();
  const begun = performance.now();
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    end: (path) => ({
      ...{ traceId, spanId, startMs, endMs: startMs + Math.round(performance.now() - begun) },
      name: `POST ${path.replace(/^(\/v1\/checkouts\/)[^/]+/, '$1:id')}`,
    }),
  };
}
