import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventOf, type NotificationItem } from './adyen-notifications.ts';
import { attemptSeen, chargeIdsSeen, chargeSeen, refundsSeen } from './adyen-sightings.ts';

const item = (change: Partial<NotificationItem>): NotificationItem => ({
  amount: { currency: 'GBP', value: 370 },
  eventCode: 'AUTHORISATION',
  eventDate: 1000,
  merchantAccountCode: 'HoldfastLeeds',
  merchantReference: 'charge-1',
  pspReference: 'PSP1',
  success: 'true',
  ...change,
});
const later = (change: Partial<NotificationItem>) => item({ originalReference: 'PSP1', ...change });

const authorised = item({});
const refused = item({ success: 'false', reason: 'Expired Card' });
const captured = later({
  eventCode: 'CAPTURE',
  eventDate: 2000,
  pspReference: 'MOD1',
  merchantReference: 'capture-1',
  amount: { currency: 'GBP', value: 300 },
});
const captureFailed = later({ ...captured, eventCode: 'CAPTURE_FAILED', eventDate: 3000 });
const notCaptured = later({ ...captured, success: 'false' });
const voided = later({
  eventCode: 'CANCELLATION',
  eventDate: 2000,
  pspReference: 'MOD2',
  merchantReference: 'void-1',
});
const refunded = later({
  eventCode: 'REFUND',
  eventDate: 4000,
  pspReference: 'MOD3',
  merchantReference: 'refund-1',
  amount: { currency: 'GBP', value: 100 },
});
const refundFailed = { ...refunded, eventCode: 'REFUND_FAILED' };

describe('what was seen of a charge', () => {
  it.each<[string, NotificationItem[], object | null]>([
    ['nothing', [], null],
    ['a capture alone says not whose it is', [captured], null],
    ['authorised', [authorised], { state: 'authorised', reference: 'charge-1', capturedMinor: 0 }],
    ['refused', [refused], { state: 'declined', decline: { code: 'expired_card' } }],
    [
      'refused, and authorised after all',
      [authorised, { ...refused, eventDate: 9000 }],
      { state: 'authorised' },
    ],
    [
      'captured in part',
      [authorised, captured],
      { state: 'captured', capturedMinor: 300, amount: { amountMinor: 370 }, reference: 'charge-1' },
    ],
    ['a capture that was not done', [authorised, notCaptured], { state: 'authorised', capturedMinor: 0 }],
    [
      'a capture taken back',
      [authorised, captured, captureFailed],
      { state: 'capture_failed', capturedMinor: 0 },
    ],
    ['voided', [authorised, voided], { state: 'voided', capturedMinor: 0 }],
    [
      'captured by itself',
      [{ ...authorised, additionalData: { 'metadata.holdfast_take': 'authorise_and_capture' } }],
      { state: 'captured', capturedMinor: 370 },
    ],
    ['of another charge', [{ ...authorised, pspReference: 'PSP2' }], null],
  ])('%s', (_, items, seen) => {
    const charge = chargeSeen(items.map(eventOf), 'PSP1');
    if (seen === null) expect(charge).toBeNull();
    else expect(charge).toMatchObject(seen);
  });

  it('is the same in whatever order the events came, and however often', () => {
    const all = [authorised, captured, captureFailed, refunded, refundFailed, voided].map(eventOf);
    const wanted = {
      charge: chargeSeen(all, 'PSP1'),
      refunds: refundsSeen(all, 'refund-1'),
      capture: attemptSeen(all, 'capture-1'),
    };
    expect(wanted.capture).toBe('failed');
    expect(wanted.refunds).toMatchObject([{ state: 'failed' }]);
    const some = fc
      .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.shuffledSubarray(all))
      .map(([once, again]) => [...once, ...again]);
    fc.assert(
      fc.property(some, (events) => {
        expect(chargeSeen(events, 'PSP1')).toEqual(wanted.charge);
        expect(refundsSeen(events, 'refund-1')).toEqual(wanted.refunds);
        expect(attemptSeen(events, 'capture-1')).toBe(wanted.capture);
      }),
    );
  });

  it('names every charge with one reference: two are an alarm', () => {
    const events = [authorised, { ...authorised, pspReference: 'PSP2' }, captured].map(eventOf);
    expect(chargeIdsSeen(events, 'charge-1')).toEqual(['PSP1', 'PSP2']);
    expect(attemptSeen(events, 'capture-2')).toBeNull();
  });
});
