import { expect, it } from 'vitest';
import { agoWords, moneyWords, plainWords, spanWords } from './words.ts';

it.each([
  [0, 'just now'],
  [45_000, '45 s'],
  [100_000, '2 min'],
  [3 * 3_600_000, '3 h'],
  [9 * 86_400_000, '9 days'],
])('%i ms are %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

it('says how long ago', () => {
  expect(agoWords(45_000)).toBe('45 s ago');
  expect(agoWords(1)).toBe('just now');
});

it('writes money in the minor units of its currency', () => {
  expect(moneyWords(123_456, 'GBP')).toMatch(/£1,234\.56/);
  expect(moneyWords(1234, 'JPY')).toMatch(/1,234$/);
});

it('reads a code as a sentence begins', () => {
  expect(plainWords('history_diverged')).toBe('History diverged');
});
