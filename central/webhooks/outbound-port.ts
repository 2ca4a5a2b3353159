// What the store does for webhooks to the merchant, as part of the ledger's port.
import type { Page } from '../ledger/page.ts';
import type { By } from '../people/actor.ts';
import type { OutboundType } from './outbound.ts';

export interface EndpointView {
  number: number;
  url: string;
  types: OutboundType[];
  note: string;
  state: 'enabled' | 'disabled';
  createdMs: number;
  /** Valid secrets, the newest first; the secrets themselves are shown once, when they are made. */
  secrets: { createdMs: number; endsMs: number | null }[];
  waiting: number;
  dead: number;
}

export interface AttemptView {
  atMs: number;
  durationMs: number;
  /** Of HTTP; null when nothing was answered. */
  status: number | null;
  error: string | null;
  /** The first bytes of the answer, as text. */
  answer: string | null;
}

export interface DeliveryView {
  number: number;
  endpoint: number;
  eventId: string;
  type: string;
  about: string;
  toldMs: number;
  state: 'waiting' | 'delivered' | 'dead';
  tries: number;
  /** When it is tried next; null when it has ended. */
  dueMs: number | null;
  /** The last ones, in their order. */
  attempts: AttemptView[];
}

/** One request to be made now. */
export interface DeliveryTask {
  delivery: number;
  endpoint: number;
  url: string;
  /** The newest first. */
  secrets: string[];
  eventId: string;
  body: Uint8Array;
}

export type EndpointChanged = { kind: 'changed'; endpoint: EndpointView } | { kind: 'endpoint_unknown' };

export interface OutboundCalls {
  /** `full`: there are as many endpoints as there may be. */
  createEndpoint(
    endpoint: { url: string; types: OutboundType[]; note: string; secret: string },
    by: By,
  ): { kind: 'created'; endpoint: EndpointView } | { kind: 'full' };
  /** In the order they were made. */
  endpoints(nowMs: number): EndpointView[];
  /** A disabled endpoint is told nothing new; what waits for it goes on when it is enabled again. */
  switchEndpoint(
    change: { number: number; state: EndpointView['state']; reason: string },
    by: By,
  ): EndpointChanged;
  /** Signs with both secrets until `oldUntilMs`, with the new one alone after it. */
  rotateEndpoint(change: { number: number; secret: string; oldUntilMs: number }, by: By): EndpointChanged;
  /** Puts an event of the type `endpoint.test` on its way to one endpoint. */
  testEndpoint(number: number, by: By): { kind: 'sent'; eventId: string } | { kind: 'endpoint_unknown' };
  /** The newest first. */
  deliveries(filter: {
    endpoint: number | null;
    state: DeliveryView['state'] | null;
    cursor: number | null;
    limit: number;
  }): Page<DeliveryView>;
  /** Begins the tries of an event, or of all that are dead, anew. Answers how many. */
  resendDeliveries(
    resend: { endpoint: number; eventId: string | null; reason: string },
    by: By,
  ): { kind: 'resent'; deliveries: number } | { kind: 'endpoint_unknown' };

  /** What is to be sent now, marked as on its way for `leaseMs`; no endpoint is given more than its share. */
  takeDeliveries(take: {
    deliveriesMax: number;
    perEndpointMax: number;
    leaseMs: number;
    nowMs: number;
  }): DeliveryTask[];
  deliveryTried(tried: { delivery: number } & AttemptView): { state: DeliveryView['state'] };
  /** Forgets at most so many deliveries that ended before a time, with their attempts and events. */
  forgetDeliveries(request: { endedBeforeMs: number; deliveriesMax: number }): { forgotten: number };
}
