import { describe, expect, it } from 'vitest';
import type { Actor } from './actor.ts';
import { needsSecondPerson, personOf } from './second-person.ts';

const key = (name: string, owner?: string): Actor => ({
  kind: 'key',
  name,
  role: 'finance',
  from: '::1',
  ...(owner !== undefined && { owner }),
});
const command = (user: string): Actor => ({ kind: 'command', user, from: 'central-1' });

describe('one person', () => {
  it.each<[string, Actor, Actor, boolean]>([
    ['is one key from anywhere', key('a'), { ...key('a'), from: '10.0.0.1' } as Actor, true],
    ['has all keys of an owner', key('laptop', 'ann'), key('phone', 'ann'), true],
    ['has a key and a shell', key('laptop', 'ann'), command('ann'), true],
    ['is not two keys of nobody', key('a'), key('b'), false],
    ['is not two owners', key('a', 'ann'), key('b', 'bob'), false],
    ['is not a key that is called like a person', key('ann'), key('laptop', 'ann'), false],
    ['is not central', command('central'), { kind: 'central', rule: 'central' }, false],
  ])('%s', (_, one, other, same) => {
    expect(personOf(one) === personOf(other)).toBe(same);
  });
});

describe('a second person', () => {
  const at = (currency: string, amountMinor: number | bigint) => ({ currency, amountMinor });
  it.each([
    ['is never needed without limits', [at('GBP', 9_000_000)], {}, false],
    ['is not needed up to the limit', [at('GBP', 500)], { GBP: 500 }, false],
    ['is needed above it', [at('GBP', 501)], { GBP: 500 }, true],
    ['is needed for what is given as for what is taken', [at('GBP', -501n)], { GBP: 500 }, true],
    ['is needed where any amount is above', [at('GBP', 1), at('EUR', 2n ** 60n)], { GBP: 500, EUR: 5 }, true],
    ['is needed in a currency that was forgotten', [at('EUR', 1)], { GBP: 500 }, true],
  ])('%s', (_, amounts, limits, needed) => {
    expect(needsSecondPerson(amounts, limits)).toBe(needed);
  });
});
