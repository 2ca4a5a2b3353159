import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReviewConfig } from './review-config.ts';
import {
  dueMsOf,
  type Review,
  type ReviewDecision,
  type ReviewRules,
  reviewDecisions,
  takeDecision,
  whenDue,
} from './reviews.ts';

const hourMs = 3_600_000;
const open = {
  kind: 'in_review',
  state: 'open',
  decision: null,
  currency: 'GBP',
  amountMinor: 1000,
} as const;
const none = { secondPersonAboveMinor: {} };
const above = (GBP: number) => ({ secondPersonAboveMinor: { GBP } });
const ann = { person: 'key ann', proposedBy: null };

describe('a decision', () => {
  it.each<[string, Parameters<typeof takeDecision>, string]>([
    ['holds at once without any limit', [open, 'approve', ann, none], 'decided'],
    ['holds at once up to the limit', [open, 'approve', ann, above(1000)], 'decided'],
    ['above it is a proposal', [open, 'approve', ann, above(999)], 'proposed'],
    ['to decline is one too', [open, 'decline', ann, above(999)], 'proposed'],
    ['to try again moves nothing and needs nobody else', [open, 'try_again', ann, above(0)], 'decided'],
    [
      'to try again after a warning of fraud charges again, and is a proposal',
      [{ ...open, kind: 'fraud' }, 'try_again', ann, above(0)],
      'proposed',
    ],
    [
      'in a currency without a limit of its own is a proposal where others have one',
      [{ ...open, currency: 'EUR', amountMinor: 1 }, 'approve', ann, above(999)],
      'proposed',
    ],
    [
      'is confirmed by another person',
      [
        { ...open, state: 'proposed', decision: 'approve' },
        'approve',
        { person: 'key bob', proposedBy: 'key ann' },
        above(0),
      ],
      'decided',
    ],
    [
      'is not confirmed by the same person',
      [
        { ...open, state: 'proposed', decision: 'approve' },
        'approve',
        { person: 'key ann', proposedBy: 'key ann' },
        above(0),
      ],
      'second_person_needed',
    ],
    [
      'against the proposal is a proposal itself',
      [
        { ...open, state: 'proposed', decision: 'approve' },
        'decline',
        { person: 'key bob', proposedBy: 'key ann' },
        above(0),
      ],
      'proposed',
    ],
    [
      'comes too late when it was decided',
      [{ ...open, state: 'decided', decision: 'decline' }, 'approve', ann, none],
      'decided_already',
    ],
  ])('%s', (_, given, kind) => {
    expect(takeDecision(...given).kind).toBe(kind);
  });

  it('above the limit is never one person’s alone, in whatever order they speak', () => {
    const word = fc.record({
      person: fc.constantFrom('ann', 'bob', 'cid'),
      decision: fc.constantFrom(...reviewDecisions),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        let review: Pick<Review, 'kind' | 'state' | 'decision' | 'currency' | 'amountMinor'> = open;
        let proposedBy: string | null = null;
        const said = new Map<ReviewDecision, Set<string>>();
        for (const { person, decision } of words) {
          const taken = takeDecision(review, decision, { person, proposedBy }, above(0));
          if (taken.kind === 'decided_already') continue;
          said.set(decision, (said.get(decision) ?? new Set()).add(person));
          if (taken.kind === 'proposed') {
            review = { ...review, state: 'proposed', decision };
            proposedBy = person;
          }
          if (taken.kind === 'decided') review = { ...review, state: 'decided', decision };
        }
        if (review.state !== 'decided' || review.decision === null || review.decision === 'try_again') return;
        expect(said.get(review.decision)?.size).toBeGreaterThan(1);
      }),
    );
  });
});

describe('the time-out', () => {
  const rules: ReviewRules = ReviewConfig.parse(undefined);
  const review = { kind: 'in_review', state: 'open', dueFromMs: 0, escalatedMs: null } as const;

  it.each<[string, Parameters<typeof whenDue>[0], number, string]>([
    ['waits until its time', review, 24 * hourMs - 1, 'nothing'],
    ['declines what is in review', review, 24 * hourMs, 'decline'],
    ['declines a proposal that nobody confirmed', { ...review, state: 'proposed' }, 24 * hourMs, 'decline'],
    [
      'keeps an unknown attempt, and calls louder',
      { ...review, kind: 'unknown_attempt' },
      72 * hourMs,
      'escalate',
    ],
    ['calls once', { ...review, kind: 'held_money', escalatedMs: 5 }, 720 * hourMs, 'nothing'],
    ['leaves what was decided', { ...review, state: 'decided' }, 720 * hourMs, 'nothing'],
  ])('%s', (_, one, nowMs, what) => {
    expect(whenDue(one, rules, nowMs)).toBe(what);
  });

  it('is told beforehand', () => {
    expect(dueMsOf({ ...review, dueFromMs: 7 }, rules)).toBe(7 + 24 * hourMs);
    expect(dueMsOf({ ...review, state: 'decided' }, rules)).toBeNull();
  });

  it('never gives up money that may have moved, whatever the configuration says', () => {
    expect(ReviewConfig.safeParse({ unknown_attempt: { onDue: 'decline' } }).success).toBe(false);
    expect(ReviewConfig.parse({ unknown_attempt: { dueHours: 5 } }).timeOut.unknown_attempt).toEqual({
      dueHours: 5,
      onDue: 'escalate',
    });
    expect(ReviewConfig.parse({ fraud: { onDue: 'escalate' } }).timeOut.fraud.onDue).toBe('escalate');
  });

  it.each([
    { secondPersonAboveMinor: { gbp: 1 } },
    { secondPersonAboveMinor: { GBP: -1 } },
    { in_review: { dueHours: 0 } },
    { x: 1 },
  ])('and its rules are refused when they are %j', (config) =>
    expect(ReviewConfig.safeParse(config).success).toBe(false),
  );
});
