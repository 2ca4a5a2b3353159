import { describe, expect, it } from 'vitest';
import { type AdyenTrouble, failureOf } from './adyen-errors.ts';
import type { Failure } from './port.ts';

const answered = (status: number, errorCode: string | null = null): AdyenTrouble => ({
  kind: 'answered',
  status,
  errorCode,
  field: 'amount.value',
  retryAfterSeconds: 2,
});

describe('an error of Adyen', () => {
  it.each<[string, AdyenTrouble, Partial<Failure>]>([
    ['nobody reached', { kind: 'not_answered', reached: false, timedOut: true }, { kind: 'unavailable' }],
    [
      'no answer',
      { kind: 'not_answered', reached: true, timedOut: true },
      { kind: 'unknown', reason: 'timed_out' },
    ],
    [
      'a lost connection',
      { kind: 'not_answered', reached: true, timedOut: false },
      { kind: 'unknown', reason: 'connection_lost' },
    ],
    ['nonsense', { kind: 'not_understood' }, { kind: 'unknown', reason: 'answer_malformed' }],
    ['too many calls', answered(429), { kind: 'unavailable', code: 'rate_limited', retryAfterMs: 2000 }],
    ['the key in use', answered(422, '704'), { kind: 'unknown', reason: 'in_progress' }],
    ['the key in use, said otherwise', answered(409, '704'), { kind: 'unknown', reason: 'in_progress' }],
    ['a wrong key', answered(401, '000'), { kind: 'rejected', code: 'credentials_refused' }],
    ['a wrong merchant account', answered(403, '901'), { kind: 'rejected', code: 'credentials_refused' }],
    ['no such token', answered(422, '803'), { kind: 'rejected', code: 'not_found' }],
    ['no such payment', answered(422, '167'), { kind: 'rejected', code: 'not_found' }],
    [
      'a wrong field',
      answered(422, '130'),
      { kind: 'rejected', code: 'request_refused', field: 'amount.value' },
    ],
    ['an unknown field', answered(400, '702'), { kind: 'rejected', code: 'request_refused' }],
    ['the store of keys away', answered(503, '703'), { kind: 'unknown', reason: 'processor_failed' }],
    ['a failure', answered(500), { kind: 'unknown', reason: 'processor_failed' }],
    ['a redirect', answered(308), { kind: 'unknown', reason: 'processor_failed' }],
    ['a status nobody knows', answered(418), { kind: 'unknown', reason: 'processor_failed' }],
  ])('by %s is what it proves and no more', (_, trouble, failure) => {
    expect(failureOf(trouble)).toMatchObject(failure);
  });
});
