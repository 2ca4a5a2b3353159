// The next name has the length of the one before, for it takes its place in the program's bytes; and it is a later one.
import { expect, it } from 'vitest';
import { compareReleases } from '../../daemon/release/next-step.ts';
import { nextName } from './releases.ts';

it.each([
  ['0.1.0', '0.1.1'],
  ['0.1.9', '0.2.9'],
  ['0.9.9', '1.9.9'],
  ['0.2.0-rc.1', '0.2.0-rc.2'],
])('the release after %s is called %s', (release, next) => {
  expect(nextName(release)).toBe(next);
  expect(compareReleases(next, release)).toBe(1);
});
