// What came back is checked for its shape before anyone relies on it: a proxy or a captive portal answers too.
// By hand, and against the contract's types only: the schemas would bring a whole library into a kiosk's page.
import type { Answer, DocumentPage, DocumentView, Flags, Problem, Status } from '../contract/kiosk-api.ts';
import type { Pairing } from '../contract/pairing.ts';
import type { Quote } from '../contract/quote.ts';
import type { Slip } from '../contract/slip.ts';

type Fields = Record<string, unknown>;
export type Guard<T> = (value: unknown) => value is T;

const kinds: ReadonlySet<unknown> = new Set(['checkout', 'void', 'refund', 'fulfilment']);
const verdicts: ReadonlySet<unknown> = new Set([
  'pending',
  'authorised',
  'approved_offline',
  'declined',
  'refused',
]);
const deciders: ReadonlySet<unknown> = new Set(['appliance', 'central']);

export function isAnswer(value: unknown): value is Answer {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    kinds.has(value.kind) &&
    Number.isSafeInteger(value.seq) &&
    verdicts.has(value.verdict) &&
    deciders.has(value.decidedBy) &&
    areReasons(value.reasons) &&
    absentOr(value, 'string', 'checkoutId', 'currency', 'declineCode') &&
    absentOr(value, 'number', 'slip', 'totalMinor', 'decisionSeq', 'offlineSinceMs')
  );
}

export function isDocumentView(value: unknown): value is DocumentView {
  return (
    isObject(value) &&
    typeof value.received === 'boolean' &&
    (value.outcome === null || (isObject(value.outcome) && texts(value.outcome, 'kind'))) &&
    (value.voidedBy === null || typeof value.voidedBy === 'string') &&
    numbers(value, 'refundedMinor') &&
    isAnswer(value)
  );
}

export function isDocumentPage(value: unknown): value is DocumentPage {
  return (
    isObject(value) &&
    Array.isArray(value.items) &&
    value.items.every(isDocumentView) &&
    (value.nextCursor === null || typeof value.nextCursor === 'string')
  );
}

export function isStatus(value: unknown): value is Status {
  return (
    isObject(value) &&
    texts(value, 'applianceId', 'release') &&
    isObject(value.link) &&
    texts(value.link, 'kind') &&
    numbers(value.link, 'sinceMs') &&
    isObject(value.journal) &&
    texts(value.journal, 'journalId') &&
    numbers(value.journal, 'lastSeq', 'receivedThrough', 'pending') &&
    isObject(value.feed) &&
    numbers(value.feed, 'appliedThrough') &&
    isObject(value.catalogue) &&
    numbers(value.catalogue, 'version', 'products') &&
    isObject(value.policy) &&
    numbers(value.policy, 'version') &&
    isObject(value.offline) &&
    isObject(value.exposure) &&
    numbers(value.exposure, 'totalMinor') &&
    isObject(value.verdicts) &&
    numbers(value, 'cardNumbersRefused') &&
    Array.isArray(value.conditions) &&
    value.conditions.every((condition) => isObject(condition) && texts(condition, 'code', 'hint'))
  );
}

export function isFlags(value: unknown): value is Flags {
  return (
    isObject(value) &&
    numbers(value, 'policyVersion') &&
    isObject(value.flags) &&
    Object.values(value.flags).every((flag) => isObject(flag) && typeof flag.value === 'boolean')
  );
}

export function isQuote(value: unknown): value is Quote {
  return (
    isObject(value) &&
    (value.verdict === 'approved_offline' || value.verdict === 'refused') &&
    areReasons(value.reasons) &&
    areReasons(value.offlineOnly) &&
    texts(value, 'currency') &&
    (value.totalMinor === null || numbers(value, 'totalMinor')) &&
    Array.isArray(value.lines) &&
    value.lines.every((line) => line === null || isObject(line)) &&
    Array.isArray(value.taxes)
  );
}

export function isSlip(value: unknown): value is Slip {
  return (
    isObject(value) &&
    texts(value, 'id', 'applianceId', 'timeZone', 'decision', 'currency') &&
    (value.kind === 'checkout' || value.kind === 'refund') &&
    numbers(value, 'slip', 'atMs', 'totalMinor') &&
    typeof value.copy === 'boolean' &&
    typeof value.voided === 'boolean' &&
    Array.isArray(value.lines) &&
    value.lines.every((line) => isObject(line) && texts(line, 'name') && numbers(line, 'totalMinor')) &&
    Array.isArray(value.taxes)
  );
}

export function isPairing(value: unknown): value is Pairing {
  return (
    isObject(value) &&
    texts(value, 'token') &&
    isObject(value.kiosk) &&
    texts(value.kiosk, 'name') &&
    Array.isArray(value.kiosk.scopes)
  );
}

/** RFC 9457 with our code: what tells an answer of the appliance from an error page of something in between. */
export function isProblem(value: unknown): value is Problem {
  return isObject(value) && texts(value, 'title', 'code') && numbers(value, 'status');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areReasons(value: unknown): boolean {
  return Array.isArray(value) && value.every((reason) => isObject(reason) && texts(reason, 'code', 'hint'));
}

function texts(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function numbers(value: Fields, ...names: string[]): boolean {
  return names.every((name) => Number.isSafeInteger(value[name]));
}

function absentOr(value: Fields, type: 'string' | 'number', ...names: string[]): boolean {
  return names.every((name) => value[name] === undefined || typeof value[name] === type);
}
