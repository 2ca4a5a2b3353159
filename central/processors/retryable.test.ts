import { describe, expect, it } from 'vitest';
import type { Declined, Failure, LookUp, UnknownReason } from './port.ts';
import { afterLookUp, type Retry, retryable } from './retryable.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const declined = (declineClass: Declined['declineClass']): Declined => ({
  kind: 'declined',
  declineClass,
  code: 'some_code',
});
const unknown: Failure = { kind: 'unknown', reason: 'timed_out' };
const unavailable = (retryAfterMs: number | null): Failure => ({
  kind: 'unavailable',
  code: 'rate_limited',
  retryAfterMs,
});
const rejected: Failure = { kind: 'rejected', code: 'request_refused', hint: '', field: null };

describe('trying again', () => {
  it.each<[string, Parameters<typeof retryable>[0], number, Retry]>([
    ['what is approved', { kind: 'approved' }, 0, { kind: 'never' }],
    ['what is our fault', rejected, 0, { kind: 'never' }],
    ['a decline for now', declined('retry_later'), 0, { kind: 'new_attempt', afterMs: hourMs }],
    ['the second decline for now', declined('retry_later'), 1, { kind: 'new_attempt', afterMs: dayMs }],
    ['the third decline for now', declined('retry_later'), 2, { kind: 'new_attempt', afterMs: 3 * dayMs }],
    ['the fourth decline for now', declined('retry_later'), 3, { kind: 'never' }],
    ['a decline for ever', declined('do_not_retry'), 0, { kind: 'never' }],
    ['a decline of the method', declined('other_method'), 0, { kind: 'other_method' }],
    ['a decline for fraud', declined('fraud'), 0, { kind: 'never' }],
    ['an unknown', unknown, 0, { kind: 'look_up', afterMs: 5000 }],
    ['an unknown after hours', unknown, 5, { kind: 'look_up', afterMs: 6 * hourMs }],
    ['an unknown after three days', unknown, 9, { kind: 'person' }],
    ['an outage', unavailable(null), 0, { kind: 'same_attempt', afterMs: 1000 }],
    ['an outage of days', unavailable(null), 100, { kind: 'same_attempt', afterMs: hourMs }],
    ['a wish to be left alone', unavailable(7000), 0, { kind: 'same_attempt', afterMs: 7000 }],
    ['a short wish in a long outage', unavailable(1), 3, { kind: 'same_attempt', afterMs: 120_000 }],
    ['a wish without measure', unavailable(1e12), 0, { kind: 'same_attempt', afterMs: hourMs }],
  ])('%s', (_, outcome, triesBefore, retry) => {
    expect(retryable(outcome, triesBefore)).toEqual(retry);
  });

  it.each<[string, Parameters<typeof retryable>[0], Retry]>([
    ['an answer ends the doubt', { kind: 'approved' }, { kind: 'never' }],
    ['so does a decline', declined('retry_later'), { kind: 'new_attempt', afterMs: dayMs }],
    ['an outage says nothing of the first sending', unavailable(null), { kind: 'look_up', afterMs: 30_000 }],
    ['nor does a refusal', rejected, { kind: 'look_up', afterMs: 30_000 }],
  ])('of a repetition while the first sending is in doubt: %s', (_, outcome, retry) => {
    expect(retryable(outcome, 1, true)).toEqual(retry);
  });

  it('never sends anything after an unknown outcome before it was looked up', () => {
    for (let tries = 0; tries < 50; tries++) {
      expect(['look_up', 'person']).toContain(retryable(unknown, tries).kind);
    }
  });
});

const captured = { state: 'captured' };
const inProgress = { state: 'in_progress' };

describe('after a look-up', () => {
  it.each<[string, LookUp<{ state: string }>, UnknownReason, number, Retry]>([
    ['found once: nothing is sent', { kind: 'found', found: [captured] }, 'timed_out', 0, { kind: 'never' }],
    [
      'found twice: a person',
      { kind: 'found', found: [captured, captured] },
      'timed_out',
      0,
      { kind: 'person' },
    ],
    [
      'found on its way',
      { kind: 'found', found: [inProgress] },
      'timed_out',
      1,
      { kind: 'look_up', afterMs: 30_000 },
    ],
    ['found on its way for days', { kind: 'found', found: [inProgress] }, 'timed_out', 9, { kind: 'person' }],
    ['surely not there', { kind: 'not_found' }, 'timed_out', 3, { kind: 'same_attempt', afterMs: 0 }],
    [
      'not there after a failure',
      { kind: 'not_found' },
      'processor_failed',
      3,
      { kind: 'new_attempt', afterMs: 0 },
    ],
    [
      'cannot be asked: by the old key',
      { kind: 'repeat' },
      'timed_out',
      3,
      { kind: 'same_attempt', afterMs: 0 },
    ],
    [
      'cannot be asked after a failure: by the old key too',
      { kind: 'repeat' },
      'processor_failed',
      3,
      { kind: 'same_attempt', afterMs: 0 },
    ],
    ['accepted and not told yet', { kind: 'repeat' }, 'accepted', 0, { kind: 'look_up', afterMs: 5000 }],
    ['accepted and not told for days', { kind: 'repeat' }, 'accepted', 9, { kind: 'person' }],
    ['too early', { kind: 'too_early', tryAgainAfterMs: 9 }, 'timed_out', 0, { kind: 'look_up', afterMs: 9 }],
    ['no answer', { kind: 'unavailable', code: 'x' }, 'timed_out', 0, { kind: 'look_up', afterMs: 5000 }],
    ['no answer for days: a person', { kind: 'unavailable', code: 'x' }, 'timed_out', 9, { kind: 'person' }],
  ])('%s', (_, lookUp, reason, lookedBefore, retry) => {
    expect(afterLookUp(lookUp, reason, lookedBefore)).toEqual(retry);
  });
});
