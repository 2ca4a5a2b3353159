// What the store does for webhooks, as part of the ledger's port: each call one transaction, answered when it is durable.
import type { Page } from '../ledger/page.ts';
import type { By } from '../people/actor.ts';
import type { ProcessorEvent } from '../processors/port.ts';
import type { Standing } from './newer.ts';
import type { ProcessorObject } from './object.ts';

/** Why a webhook was turned away before anything of it was stored. */
export type RefusedCode =
  | 'signature_wrong'
  | 'timestamp_old'
  | 'body_malformed'
  | 'body_too_large'
  | 'address_refused';

export interface RefusedWebhook {
  processor: string;
  code: RefusedCode;
  address: string;
  atMs: number;
  bodyBytes: number;
  /** SHA-256; of as much as was read. */
  bodyHash: Uint8Array;
}

export interface RefusedCount {
  processor: string;
  code: RefusedCode;
  count: number;
  lastMs: number;
}

export interface WebhookView {
  ref: number;
  processor: string;
  eventId: string;
  type: string;
  happenedMs: number;
  receivedMs: number;
  state: 'waiting' | 'done' | 'dead';
  /** How it stood to what was known when it was worked; null until then. */
  standing: Standing | 'nothing' | null;
  tries: number;
  dueMs: number;
  error: string | null;
  copies: number;
  replays: number;
}

export interface WebhookDetail extends WebhookView {
  /** What the adapter read in it. */
  event: ProcessorEvent;
  /** As it came. */
  body: Uint8Array;
}

export interface WebhookSourceView {
  processor: string;
  counts: { what: string; count: number; lastMs: number }[];
  waiting: number;
  dead: number;
  /** When the oldest one that waits was received. */
  oldestWaitingMs: number | null;
  /** The newest first. */
  refused: Omit<RefusedWebhook, 'processor'>[];
}

export type ReplayWhich =
  | { kind: 'one'; processor: string | null; eventId: string }
  | { kind: 'dead'; processor: string | null }
  /** By the time they were received, the end not included. */
  | { kind: 'received'; processor: string | null; fromMs: number; untilMs: number };

export type Replayed =
  | { kind: 'replayed'; events: number }
  | { kind: 'event_unknown' }
  /** Two processors used that id. */
  | { kind: 'event_ambiguous' };

export interface WebhookCalls {
  /** Stores the events of one body that are not there yet; a copy is counted. */
  storeWebhook(webhook: {
    processor: string;
    events: ProcessorEvent[];
    body: Uint8Array;
    signature: string | null;
    nowMs: number;
  }): { stored: number; duplicates: number };
  noteRefusedWebhooks(refused: { last: RefusedWebhook[]; counts: RefusedCount[] }): void;

  /** Works at most so many of the events that are due, in the order of the processor's time within each charge. */
  workWebhooks(work: { eventsMax: number; nowMs: number }): WebhooksWorked;

  /** The newest first. */
  webhookEvents(filter: {
    processor: string | null;
    state: WebhookView['state'] | null;
    type: string | null;
    cursor: number | null;
    limit: number;
  }): Page<WebhookView>;
  webhookEvent(which: { processor: string | null; eventId: string }): WebhookDetail | null | 'ambiguous';
  webhookSources(): WebhookSourceView[];
  /** Puts events back to be worked, from the first try, whatever became of them before. */
  replayWebhooks(replay: { which: ReplayWhich; reason: string }, by: By): Replayed;
  /** Stored events that name a reference of ours or a charge, in the order of the processor's time; at most so many. */
  webhookSightings(question: {
    processor: string;
    about: { reference: string } | { chargeId: string };
    eventsMax: number;
  }): ProcessorEvent[];

  /** Forgets at most so many events that were applied before a time; none that waits or was given up. */
  forgetWebhooks(request: { appliedBeforeMs: number; eventsMax: number }): { forgotten: number };

  /** What events told of our reference. */
  processorObjects(question: { processor: string; reference: string }): ProcessorObject[];
  /** One object by the processor's id; null when no event told of it. */
  processorObject(question: Pick<ProcessorObject, 'processor' | 'kind' | 'id'>): ProcessorObject | null;
}

export interface AnnouncedReport {
  processor: string;
  batch: number;
}

export interface WebhooksWorked {
  done: number;
  failed: { processor: string; eventId: string; error: string; dead: boolean }[];
  /** Reports that can be downloaded, as events told. */
  reports: AnnouncedReport[];
  /** When there is work again: null when nothing waits. */
  nextDueMs: number | null;
}
