import { expect, it } from 'vitest';
import { covers } from './position.ts';

it.each([
  ['a-7', '', true, 'nothing is known to have happened'],
  ['a-7', 'a-7', true, 'it was read when the stream stood'],
  ['a-10', 'a-9', true, 'later than the stream, by number and not by letters'],
  ['a-6', 'a-7', false, 'before the stream stood'],
  ['b-9', 'a-7', false, 'of another life of central’s'],
  ['', 'a-0', false, 'nothing was read'],
])('what was read at %j covers what is told from %j on: %j, %s', (through, from, is) => {
  expect(covers(through, from)).toBe(is);
});
