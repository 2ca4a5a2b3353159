import { expect, it } from 'vitest';
import { agoWords, momentWords, moneyWords, plainWords, readMinor, spanWords } from './words.ts';

it.each([
  [0, 'just now'],
  [45_000, '45 s'],
  [100_000, '2 min'],
  [3 * 3_600_000, '3 h'],
  [9 * 86_400_000, '9 days'],
])('%i ms are %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

it.each([
  [240, '240 ms'],
  [2440, '2.4 s'],
  [45_000, '45 s'],
])('%i ms are exactly %s', (ms, words) => {
  expect(spanWords(ms, 'exact')).toBe(words);
});

it('says how long ago', () => {
  expect(agoWords(45_000)).toBe('45 s ago');
  expect(agoWords(1)).toBe('just now');
});

it('writes money in the minor units of its currency', () => {
  expect(moneyWords(123_456, 'GBP')).toMatch(/£1,234\.56/);
  expect(moneyWords(1234, 'JPY')).toMatch(/1,234$/);
  expect(moneyWords(1234, 'IQD'), 'as ISO 4217 has it, whatever the browser does').toMatch(/1\.234$/);
});

it('reads a code as a sentence begins', () => {
  expect(plainWords('history_diverged')).toBe('History diverged');
});

it.each([
  ['12.50', 'GBP', 1250],
  ['-12,5', 'GBP', -1250],
  ['+3', 'GBP', 300],
  ['1234', 'JPY', 1234],
  ['0.001', 'KWD', 1],
  ['1.5', 'JPY', null],
  ['1,234.50', 'GBP', null],
  ['12.505', 'GBP', null],
  ['', 'GBP', null],
  ['1e3', 'GBP', null],
])('reads %j %s as %j', (text, currency, minor) => {
  expect(readMinor(text, currency)).toBe(minor);
});

it('names the day wherever it is another one in the zone that is shown', () => {
  const ms = Date.parse('2026-11-29T23:30Z');
  const nowMs = Date.parse('2026-11-30T01:00Z');
  expect(momentWords(ms, 'Asia/Tokyo', nowMs), 'today in Tokyo').not.toMatch(/Nov/);
  expect(momentWords(ms, 'Europe/London', nowMs), 'yesterday in London').toMatch(/Nov/);
  expect(momentWords(Date.parse('2025-11-30T01:00Z'), 'UTC', nowMs)).toMatch(/2025/);
});
