import { expect, it } from 'vitest';
import * as z from 'zod';
import { issueWords } from './issue-words.ts';

const whole = z.int().min(0).max(9);
it.each([
  ['a number below its least', whole, -5, 'must be at least 0'],
  ['a number above its most', whole, 10, 'must be at most 9'],
  ['part of a number', whole, 1.5, 'must be a whole number'],
  ['a text for a number', whole, 'x', 'must be a number'],
  ['what is not there', whole, undefined, 'must be given'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['a long text', z.string().max(2), 'abc', 'use at most 2 characters'],
  ['a long list', z.array(z.int()).max(1), [1, 2], 'give at most 1'],
  ['none of the choices', z.enum(['refused', 'allowed']), 'maybe', 'use "refused" or "allowed"'],
  ['a number for a table', z.strictObject({}), 7, 'must be a table of fields'],
  ['what a rule of our own says', z.int().refine(() => false, { error: 'use HH:MM' }), 1, 'use HH:MM'],
])('says what to write instead of %s', (_, schema, value, words) => {
  expect(schema.safeParse(value).error?.issues.map(issueWords)).toEqual([words]);
});
