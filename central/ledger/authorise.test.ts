import { describe, expect, it } from 'vitest';
import type { DecisionEntry } from '../../contract/entry.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import { type AnswerState, afterAnswer, afterDecision, type Step } from './authorise.ts';
import type { Authorisation } from './declared-answers.ts';

const step = (outcome: Step['outcome'], ...booked: ('sale' | 'reversal')[]): Step => ({
  sale: booked.includes('sale'),
  reversal: booked.includes('reversal'),
  outcome,
});

describe('an answer', () => {
  it.each<[Authorisation['kind'], VerdictKind, Step]>([
    ['authorised', 'pending', step('authorised', 'sale')],
    ['declined', 'pending', step('declined')],
    ['unknown', 'pending', step('unknown')],
    ['authorised', 'approved_offline', step('authorised')],
    ['declined', 'approved_offline', step('in_review')],
    ['unknown', 'approved_offline', step(null)],
    ['authorised', 'refused', step('reversed', 'sale', 'reversal')],
    ['declined', 'refused', step(null)],
    ['unknown', 'refused', step(null)],
    ['authorised', 'declined', step('reversed', 'sale', 'reversal')],
    ['authorised', 'authorised', step(null)],
  ])('%s for a checkout that is %s', (answer, verdict, expected) => {
    expect(afterAnswer(answer, verdict)).toEqual(expected);
  });
});

describe('a decision', () => {
  it.each<[DecisionEntry['verdict'], AnswerState, Step | string]>([
    ['authorised', 'authorised', step(null)],
    ['authorised', 'waiting', step('authorised', 'sale')],
    ['authorised', 'declined', 'not_authorised'],
    ['authorised', 'unknown', 'not_authorised'],
    ['approved_offline', 'authorised', step(null)],
    ['approved_offline', 'declined', step('in_review', 'sale')],
    ['approved_offline', 'waiting', step('booked', 'sale')],
    ['approved_offline', 'unknown', step('booked', 'sale')],
    ['refused', 'authorised', step('reversed', 'reversal')],
    ['refused', 'declined', step(null)],
    ['refused', 'waiting', step(null)],
    ['refused', 'unknown', step(null)],
    ['declined', 'declined', step(null)],
    ['declined', 'authorised', step('reversed', 'reversal')],
  ])('%s where central stands at %s', (verdict, answer, expected) => {
    expect(afterDecision(verdict, answer)).toEqual(expected);
  });

  it('and an answer sell once and leave nothing hanging, in whichever order they come', () => {
    const verdicts = ['approved_offline', 'refused'] as const;
    for (const verdict of verdicts) {
      const answerFirst = [afterAnswer('authorised', 'pending'), afterDecision(verdict, 'authorised')];
      const decisionFirst = [afterDecision(verdict, 'waiting'), afterAnswer('authorised', verdict)];
      for (const order of [answerFirst, decisionFirst]) {
        const steps = order.filter((one) => typeof one !== 'string');
        expect(steps.filter(({ sale }) => sale)).toHaveLength(1);
        expect(steps.filter(({ reversal }) => reversal)).toHaveLength(verdict === 'refused' ? 1 : 0);
      }
    }
  });
});
