// A document's way to the ledger as spans. They hang on the one of the request at the appliance, whose id follows from the trace,
// so that nothing but the trace has to travel.
import type { Span } from '../../kit/spans.ts';
import { spanIdOf } from '../../kit/traceparent.ts';
import type { Traced } from './port.ts';

export function spansOf({ applianceId, journalId, seq, id, kind, verdict, traceId, hops }: Traced): Span[] {
  const attributes = {
    'holdfast.appliance.id': applianceId,
    'holdfast.journal.id': journalId,
    'holdfast.entry.seq': seq,
    'holdfast.entry.kind': kind,
    'holdfast.checkout.id': id,
    'holdfast.verdict': verdict,
  };
  const parentId = spanIdOf(traceId, 'accept');
  const span = (
    name: string,
    of: Pick<Span, 'kind' | 'startMs' | 'endMs'>,
    more: Span['attributes'] = {},
  ) => ({
    ...{ traceId, spanId: spanIdOf(traceId, name), parentId, name, ...of },
    attributes: { ...attributes, ...more },
  });
  const { madeMs, receivedMs, bookedMs, waitingOfflineMs, sendingMs } = hops;
  if (receivedMs === null || waitingOfflineMs === null || sendingMs === null) {
    return [span('book', { kind: 'consumer', startMs: bookedMs, endMs: bookedMs })];
  }
  // Back from when it was here, which is central's own time: so no hop ends before it began.
  const leftMs = receivedMs - sendingMs;
  const waiting = { kind: 'internal' as const, startMs: leftMs - waitingOfflineMs, endMs: leftMs };
  return [
    ...(waitingOfflineMs > 0 ? [span('waiting offline', waiting)] : []),
    span(
      'send entries',
      { kind: 'producer', startMs: leftMs, endMs: receivedMs },
      { 'messaging.system': 'mqtt', 'messaging.operation.type': 'send', 'holdfast.made_ms': madeMs },
    ),
    span('book', { kind: 'consumer', startMs: receivedMs, endMs: bookedMs }),
  ];
}
