import { expect, it } from 'vitest';
import { declaredAnswer, slowAnswerMsMax } from './declared-answers.ts';

const authorised = { kind: 'authorised' };

it.each([
  ['any token', 'tok_1', authorised, 0],
  [
    'a decline with its code',
    'tok_decline_insufficient_funds',
    { kind: 'declined', code: 'insufficient_funds' },
    0,
  ],
  ['a decline without a code: any token', 'tok_decline_', authorised, 0],
  ['a decline with a code that is none: any token', 'tok_decline_No!', authorised, 0],
  ['a slow one', 'tok_slow_1500', authorised, 1500],
  ['one slower than is allowed', 'tok_slow_999999999', authorised, slowAnswerMsMax],
  ['a slow one without a number', 'tok_slow_soon', authorised, 0],
  ['one that stays unknown', 'tok_unknown', { kind: 'unknown' }, 0],
])('answers %s', (_, token, answer, afterMs) => {
  expect(declaredAnswer(token)).toEqual({ answer, afterMs });
});
