import { describe, expect, it } from 'vitest';
import { judgeTakeovers, runsInTwoPlaces, type Takeover, takeoverWindowMs } from './two-places.ts';

const boots = (...ids: string[]) => ids.map((bootId, i) => ({ bootId, lastMs: i }));

describe('boots', () => {
  const table: [name: string, before: string[], now: string, twoPlaces: boolean][] = [
    ['the first one', [], 'a', false],
    ['the same one again', ['a'], 'a', false],
    ['a new one, as after a loss of power', ['a', 'b'], 'c', false],
    ['the newest again', ['a', 'b'], 'b', false],
    ['one that another had followed', ['a', 'b'], 'a', true],
    ['one that several had followed', ['a', 'b', 'c', 'd'], 'b', true],
  ];
  it.each(table)('%s', (_, before, now, twoPlaces) => {
    expect(runsInTwoPlaces(boots(...before), now)).toBe(twoPlaces);
  });
});

describe('connections that push each other out', () => {
  const judged = (addresses: string, everyMs = 1000) => {
    let takeovers: Takeover[] = [];
    let twoPlaces = false;
    [...addresses].forEach((address, i) => {
      const next = judgeTakeovers(takeovers, { atMs: i * everyMs, address });
      takeovers = next.takeovers;
      twoPlaces ||= next.twoPlaces;
    });
    return twoPlaces;
  };
  it.each([
    ['of a link that fails again and again', 'aaaaaaaaaaaaaaaaaaaa', 1000, false],
    ['of a site that changes to its second line', 'aaabbb', 1000, false],
    ['of one that goes to its second line and back', 'aaabbbaaa', 1000, false],
    ['of two machines', 'ababababab', 1000, true],
    ['of two machines behind addresses that are seldom in turn', 'aabbaabbaabbaabb', 1000, true],
    ['so seldom that two lines explain it', 'abababababab', takeoverWindowMs / 2, false],
  ])('%s', (_, addresses, everyMs, twoPlaces) => {
    expect(judged(addresses, everyMs)).toBe(twoPlaces);
  });
});
