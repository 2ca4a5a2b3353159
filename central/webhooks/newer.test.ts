import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Said, type Standing, standingOf } from './newer.ts';
import type { ObjectState } from './object.ts';

const said = (state: ObjectState, happenedMs: number, change: Partial<Said> = {}): Said =>
  ({ eventId: 'evt_1', capturedMinor: 0, happenedMs, ...state, ...change }) as Said;
const charge = (state: (ObjectState & { kind: 'charge' })['state'], atMs: number, change?: Partial<Said>) =>
  said({ kind: 'charge', state }, atMs, change);
const refund = (state: (ObjectState & { kind: 'refund' })['state'], atMs: number) =>
  said({ kind: 'refund', state }, atMs);
const dispute = (state: (ObjectState & { kind: 'dispute' })['state'], atMs: number) =>
  said({ kind: 'dispute', state }, atMs);

describe('of two things told of one object, the newer', () => {
  const table: [string, Said, Said, Standing][] = [
    ['a later capture', charge('captured', 2), charge('authorised', 1), 'newer'],
    ['an earlier hold', charge('authorised', 1), charge('captured', 2), 'older'],
    ['a capture that failed after all', charge('capture_failed', 3), charge('captured', 2), 'newer'],
    ['its failure within the same second', charge('capture_failed', 2), charge('captured', 2), 'newer'],
    ['an old capture after it failed', charge('captured', 2), charge('capture_failed', 3), 'older'],
    ['a hold let go after its capture failed', charge('voided', 3), charge('capture_failed', 3), 'newer'],
    ['a capture within the same second', charge('captured', 1), charge('authorised', 1), 'newer'],
    ['the beginning within the same second', charge('in_progress', 1), charge('captured', 1), 'older'],
    ['another method after a decline', charge('authorised', 2), charge('declined', 1), 'newer'],
    ['a decline after a hold', charge('declined', 2), charge('authorised', 1), 'newer'],
    ['a capture given back whole', charge('voided', 2), charge('captured', 1), 'newer'],
    [
      'more captured at the same time',
      charge('captured', 1, { capturedMinor: 9 }),
      charge('captured', 1),
      'newer',
    ],
    ['a refund that came back later', refund('failed', 2), refund('refunded', 1), 'newer'],
    ['a refund on its way, told late', refund('pending', 2), refund('refunded', 2), 'older'],
    ['a dispute lost after it was won', dispute('lost', 3), dispute('won', 2), 'newer'],
    ['a dispute opened again', dispute('opened', 3), dispute('won', 2), 'newer'],
    ['a stage of a dispute, told late', dispute('under_review', 1), dispute('won', 2), 'older'],
    ['the very same event', charge('captured', 1), charge('captured', 1), 'same'],
  ];
  it.each(table)('%s', (_, told, known, standing) => {
    expect(standingOf(told, known)).toBe(standing);
    const opposite = { newer: 'older', older: 'newer', same: 'same' } as const;
    expect(standingOf(known, told)).toBe(opposite[standing]);
  });

  it('is whatever is told first', () => {
    expect(standingOf(charge('in_progress', 1), null)).toBe('newer');
  });

  const anything = fc.record({
    kind: fc.constant('charge' as const),
    state: fc.constantFrom('in_progress', 'declined', 'authorised', 'captured', 'capture_failed', 'voided'),
    happenedMs: fc.integer({ min: 1, max: 3 }),
    capturedMinor: fc.integer({ min: 0, max: 2 }),
    eventId: fc.constantFrom('a', 'b', 'c'),
  }) as fc.Arbitrary<Said>;

  it('is the same one in whatever order they come, and however often', () => {
    const last = (events: readonly Said[]) =>
      events.reduce<Said | null>((known, told) => (standingOf(told, known) === 'newer' ? told : known), null);
    const shuffled = fc
      .array(anything, { minLength: 1, maxLength: 12 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([events, again]) => {
        expect(last(again)).toEqual(last(events));
      }),
    );
  });
});
