import { beforeEach, describe, expect, it } from 'vitest';
import { changedKeys } from './config-changes.ts';
import type { Log } from './log.ts';
import { createReload, type ReloadPart } from './reload.ts';

const logged: [string, object][] = [];
const note =
  (level: string) =>
  (fields: object): void =>
    void logged.push([level, fields]);
const log: Log = { debug() {}, info: note('info'), warn: note('warn'), error: note('error') };
beforeEach(() => {
  logged.length = 0;
});

interface Config {
  rate: number;
  http: { port: number; origins: string[]; lan: { host: string } | null };
}
const first: Config = { rate: 1, http: { port: 80, origins: [], lan: null } };
const liveKeys = ['rate', 'http.origins'];

function begin(files: (Config | Error)[], ...more: ReloadPart<Config>[]) {
  const taken: number[] = [];
  const rate: ReloadPart<Config> = {
    read: (config) => ({ take: () => void taken.push(config.rate), news: null }),
  };
  const read = () => {
    const next = files.shift() ?? first;
    if (next instanceof Error) throw next;
    return next;
  };
  return { taken, reload: createReload({ config: first, read, liveKeys, parts: [rate, ...more], log }) };
}

describe('a reload', () => {
  it('takes what may change, and names what needs a restart until it is put back', () => {
    const next: Config = { rate: 2, http: { port: 81, origins: ['https://a'], lan: null } };
    const { taken, reload } = begin([next, next, first]);
    expect(reload()).toEqual({
      kind: 'taken',
      changed: ['rate', 'http.origins'],
      needsRestart: ['http.port'],
    });
    expect(reload()).toEqual({ kind: 'taken', changed: [], needsRestart: ['http.port'] });
    expect(reload()).toEqual({ kind: 'taken', changed: ['rate', 'http.origins'], needsRestart: [] });
    expect(taken).toEqual([2, 2, 1]);
  });

  it('changes nothing when the file is wrong, says so with the remedy, and takes the next that is right', () => {
    const wrong = Object.assign(new Error('rate: must be a number'), { hint: 'correct it' });
    const { taken, reload } = begin([wrong, { ...first, rate: 3 }]);
    expect(reload()).toEqual({ kind: 'refused', reason: 'rate: must be a number' });
    expect(taken).toEqual([]);
    expect(logged).toEqual([['error', { error: 'rate: must be a number', hint: 'correct it' }]]);
    expect(reload()).toMatchObject({ changed: ['rate'] });
  });

  it('changes nothing when one part refuses, though others would take theirs', () => {
    const refusing: ReloadPart<Config> = {
      read() {
        throw new Error('key and certificate are no pair');
      },
    };
    const { taken, reload } = begin([{ ...first, rate: 4 }], refusing);
    expect(reload()).toEqual({ kind: 'refused', reason: 'key and certificate are no pair' });
    expect(taken).toEqual([]);
  });

  it('names what is new beside the file, such as a certificate', () => {
    const { reload } = begin([first], { read: () => ({ take() {}, news: 'the certificate' }) });
    expect(reload()).toEqual({ kind: 'taken', changed: ['the certificate'], needsRestart: [] });
  });
});

describe('the keys that differ', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['nothing', first, structuredClone(first), []],
    ['a value within a table', first, { ...first, http: { ...first.http, port: 1 } }, ['http.port']],
    ['a list as a whole', { a: [1, 2] }, { a: [1, 3] }, ['a']],
    ['a table that was not there', { a: null }, { a: { b: 1 } }, ['a']],
    ['a key that is gone', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, ['a.c']],
  ])('are found: %s', (_, before, after, keys) => {
    expect(changedKeys(before, after)).toEqual(keys);
  });
});
