// Steps on a document's way as spans. They hang on the one of the request at the appliance, whose id follows from the trace, so
// that nothing but the trace has to travel; each has an id that follows from what it is, so that none is there twice.
import { unreachable } from '../../kit/assert.ts';
import type { Span } from '../../kit/spans.ts';
import { spanIdOf } from '../../kit/traceparent.ts';
import type { Traced } from './port.ts';

type Step<Name extends Traced['step']> = Extract<Traced, { step: Name }>;
type Part = Pick<Span, 'name' | 'kind' | 'startMs' | 'endMs'> &
  Partial<Pick<Span, 'attributes' | 'failed'>> & {
    /** What tells it from others of its name in the trace. */
    which?: string;
  };

export function spansOf(traced: Traced): Span[] {
  const { traceId, applianceId, id } = traced;
  return partsOf(traced).map(({ which = '', attributes = {}, ...part }) => ({
    ...part,
    ...{ traceId, spanId: spanIdOf(traceId, `${part.name}${which}`), parentId: spanIdOf(traceId, 'accept') },
    attributes: { 'holdfast.appliance.id': applianceId, 'holdfast.checkout.id': id, ...attributes },
  }));
}

function partsOf(traced: Traced): Part[] {
  switch (traced.step) {
    case 'booked':
      return booked(traced);
    case 'called':
      return [called(traced)];
    case 'heard':
      return [heard(traced)];
    case 'settled':
      return [settled(traced)];
    case 'told':
      return told(traced);
    default:
      return unreachable(traced);
  }
}

function booked({ journalId, seq, kind, verdict, hops }: Step<'booked'>): Part[] {
  const attributes = {
    'holdfast.journal.id': journalId,
    'holdfast.entry.seq': seq,
    'holdfast.entry.kind': kind,
    'holdfast.verdict': verdict,
  };
  const { madeMs, receivedMs, bookedMs, waitingOfflineMs, sendingMs } = hops;
  const book = { name: 'book', kind: 'consumer' as const, endMs: bookedMs, attributes };
  if (receivedMs === null || waitingOfflineMs === null || sendingMs === null) {
    return [{ ...book, startMs: bookedMs }];
  }
  // Back from when it was here, which is central's own time: so no hop ends before it began.
  const leftMs = receivedMs - sendingMs;
  const waiting: Part = {
    ...{ name: 'waiting offline', kind: 'internal', attributes },
    ...{ startMs: leftMs - waitingOfflineMs, endMs: leftMs },
  };
  const sending: Part = {
    ...{ name: 'send entries', kind: 'producer', startMs: leftMs, endMs: receivedMs },
    attributes: {
      ...attributes,
      ...{ 'messaging.system': 'mqtt', 'messaging.operation.type': 'send', 'holdfast.made_ms': madeMs },
    },
  };
  return [...(waitingOfflineMs > 0 ? [waiting] : []), sending, { ...book, startMs: receivedMs }];
}

/** A processor's no is an answer; what nobody knows, and what was refused as wrong, is a failure. */
const failures: ReadonlySet<string> = new Set(['rejected', 'unknown', 'unavailable']);

function called(call: Step<'called'>): Part {
  const { purpose, lookUp, processor, reference, result, code, startMs, endMs } = call;
  const failed = failures.has(result);
  return {
    ...{ name: lookUp ? 'look up' : purpose, kind: 'client', startMs, endMs, failed },
    which: ` ${reference} ${startMs}`,
    attributes: {
      'peer.service': processor,
      'holdfast.reference': reference,
      'holdfast.purpose': purpose,
      'holdfast.amount_minor': call.amountMinor,
      'holdfast.currency': call.currency,
      'holdfast.result': result,
      ...(code !== null && { [failed ? 'error.type' : 'holdfast.code']: code }),
    },
  };
}

function heard({ processor, type, eventId, happenedMs, receivedMs, endMs }: Step<'heard'>): Part {
  return {
    ...{ name: 'webhook', kind: 'consumer', startMs: receivedMs, endMs, which: ` ${processor} ${eventId}` },
    attributes: {
      'peer.service': processor,
      'messaging.operation.type': 'process',
      'messaging.message.id': eventId,
      'holdfast.webhook.type': type,
      'holdfast.webhook.happened_ms': happenedMs,
    },
  };
}

function settled({ processor, run, collectedMs, settledMs }: Step<'settled'>): Part {
  return {
    ...{ name: 'settlement', kind: 'internal', startMs: collectedMs, endMs: settledMs },
    attributes: { 'peer.service': processor, 'holdfast.reconciliation.run': run },
  };
}

function told({ outcome, position, outcomeMs, askedMs, appliedMs }: Step<'told'>): Part[] {
  const attributes = { 'holdfast.outcome': outcome };
  const deciding: Part = {
    ...{ name: 'decide', kind: 'internal', startMs: askedMs ?? outcomeMs, endMs: outcomeMs, attributes },
  };
  const way: Part = {
    ...{
      name: 'send outcome',
      kind: 'producer',
      startMs: outcomeMs,
      endMs: appliedMs,
      which: ` ${position}`,
    },
    attributes: {
      ...attributes,
      ...{ 'messaging.system': 'mqtt', 'messaging.operation.type': 'send' },
      'holdfast.feed.position': position,
    },
  };
  return askedMs === null ? [way] : [deciding, way];
}
