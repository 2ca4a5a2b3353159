import { expect, it } from 'vitest';
import { preferredWaitMs } from './prefer.ts';

it.each([
  ['no header', '', null],
  ['seconds', 'wait=5', 5000],
  ['no wait at all', 'wait=0', 0],
  ['more than is allowed', 'wait=3600', 30_000],
  ['quoted, spaced and in capitals', ' Wait = "7" ', 7000],
  ['with parameters', 'wait=2; reason=queue', 2000],
  ['among others', 'respond-async, wait=3', 3000],
  ['twice: the first', 'wait=3, wait=9', 3000],
  ['no number', 'wait=soon', null],
  ['a fraction', 'wait=1.5', null],
  ['less than nothing', 'wait=-1', null],
  ['another preference', 'return=minimal', null],
  ['too long to be meant', `${'x,'.repeat(600)}wait=1`, null],
])('reads %s', (_, header, waitMs) => expect(preferredWaitMs(header)).toBe(waitMs));
