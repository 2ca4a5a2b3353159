import { describe, expect, it } from 'vitest';
import type { Called } from './breakers.ts';
import { healthOf, healthOfLookUp } from './carry-out.ts';
import type { AnyLookUp, AnyOutcome } from './port.ts';

type Health = Called<unknown>['health'];

describe('what an answer says of the health of its processor', () => {
  const refused = { hint: '', field: null };
  it.each<[string, AnyOutcome, Health]>([
    ['a decline', { kind: 'declined', declineClass: 'fraud', code: 'stolen_card' }, 'answered'],
    ['a refusal of this request', { kind: 'rejected', code: 'request_refused', ...refused }, 'answered'],
    ['a refusal of every request', { kind: 'rejected', code: 'credentials_refused', ...refused }, 'failed'],
    ['an earlier call still at work', { kind: 'unknown', reason: 'in_progress' }, 'answered'],
    ['no answer in time', { kind: 'unknown', reason: 'timed_out' }, 'failed'],
    ['a failure of its own', { kind: 'unknown', reason: 'processor_failed' }, 'failed'],
    ['nobody there', { kind: 'unavailable', code: 'not_reached', retryAfterMs: null }, 'failed'],
    ['too many calls', { kind: 'unavailable', code: 'rate_limited', retryAfterMs: 1000 }, 'failed'],
  ])('%s', (_, outcome, health) => {
    expect(healthOf(outcome)).toBe(health);
  });

  it.each<[AnyLookUp, Health]>([
    [{ kind: 'not_found' }, 'answered'],
    [{ kind: 'too_early', tryAgainAfterMs: 1000 }, 'answered'],
    [{ kind: 'unavailable', code: 'timed_out' }, 'failed'],
  ])('a look-up that says %j', (result, health) => {
    expect(healthOfLookUp(result)).toBe(health);
  });
});
