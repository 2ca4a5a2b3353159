import { describe, expect, it } from 'vitest';
import type { DeclineClass } from './port.ts';
import { classifyDecline } from './stripe-declines.ts';
import { failureOf, type StripeTrouble } from './stripe-errors.ts';

const answered = (change: Partial<Extract<StripeTrouble, { kind: 'answered' }>>): StripeTrouble => ({
  kind: 'answered',
  status: 400,
  type: 'invalid_request_error',
  code: null,
  declineCode: null,
  adviceCode: null,
  param: null,
  retryAfterSeconds: null,
  ...change,
});

describe('an error of Stripe', () => {
  it.each<[string, StripeTrouble, object]>([
    [
      'a decline',
      answered({ status: 402, code: 'card_declined', declineCode: 'lost_card' }),
      { kind: 'declined', declineClass: 'fraud', code: 'lost_card' },
    ],
    ['a decline without its code', answered({ status: 402 }), { kind: 'declined', code: 'card_declined' }],
    [
      'too many calls',
      answered({ status: 429, retryAfterSeconds: 3 }),
      { kind: 'unavailable', code: 'rate_limited', retryAfterMs: 3000 },
    ],
    [
      'the key in use',
      answered({ status: 409, type: 'idempotency_error' }),
      { kind: 'unknown', reason: 'in_progress' },
    ],
    [
      'the key for another request',
      answered({ type: 'idempotency_error' }),
      { kind: 'rejected', code: 'key_reused' },
    ],
    ['a wrong secret', answered({ status: 401 }), { kind: 'rejected', code: 'credentials_refused' }],
    [
      'a secret without permission',
      answered({ status: 403 }),
      { kind: 'rejected', code: 'credentials_refused' },
    ],
    [
      'nothing there',
      answered({ status: 404, param: 'intent' }),
      { kind: 'rejected', code: 'not_found', field: 'intent' },
    ],
    [
      'a wrong state',
      answered({ code: 'payment_intent_unexpected_state' }),
      { kind: 'rejected', code: 'state_refused' },
    ],
    [
      'all refunded',
      answered({ code: 'charge_already_refunded' }),
      { kind: 'rejected', code: 'amount_too_large' },
    ],
    [
      'a wrong field',
      answered({ param: 'currency' }),
      { kind: 'rejected', code: 'request_refused', field: 'currency' },
    ],
    [
      'its own failure',
      answered({ status: 500, type: 'api_error' }),
      { kind: 'unknown', reason: 'processor_failed' },
    ],
    [
      'a failing gateway',
      answered({ status: 503, type: '' }),
      { kind: 'unknown', reason: 'processor_failed' },
    ],
    ['no JSON', { kind: 'not_understood' }, { kind: 'unknown', reason: 'answer_malformed' }],
    [
      'no connection',
      { kind: 'not_answered', reached: false, timedOut: false },
      { kind: 'unavailable', code: 'not_reached' },
    ],
    [
      'no answer in time',
      { kind: 'not_answered', reached: true, timedOut: true },
      { kind: 'unknown', reason: 'timed_out' },
    ],
    [
      'a lost connection',
      { kind: 'not_answered', reached: true, timedOut: false },
      { kind: 'unknown', reason: 'connection_lost' },
    ],
  ])('%s', (_, trouble, failure) => {
    expect(failureOf(trouble)).toMatchObject(failure);
  });
});

describe('a decline', () => {
  it.each<[string, string | null, DeclineClass]>([
    ['insufficient_funds', null, 'retry_later'],
    ['insufficient_funds', 'do_not_try_again', 'do_not_retry'],
    ['do_not_try_again', 'try_again_later', 'do_not_retry'],
    ['stolen_card', 'do_not_try_again', 'fraud'],
    ['expired_card', 'confirm_card_data', 'other_method'],
    ['a_code_of_tomorrow', null, 'other_method'],
    ['a_code_of_tomorrow', 'try_again_later', 'retry_later'],
    ['constructor', null, 'other_method'],
  ])('%s with the advice %s is for %s', (code, advice, declineClass) => {
    expect(classifyDecline(code, advice)).toBe(declineClass);
  });
});
