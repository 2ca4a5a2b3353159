// Which program may be tried: files are never left to one that cannot read them.
import { expect, it } from 'vitest';
import { mayBeTried, ownSchemas, type Schemas } from './own-schemas.ts';

const of = (newest: number, oldestReader: number): Schemas => ({
  journal: { newest, oldestReader },
  kiosks: { newest: 1, oldestReader: 1 },
});

it.each<[string, Schemas, Schemas, Schemas, boolean]>([
  ['one that changes nothing', of(8, 7), of(8, 7), of(8, 7), true],
  ['one whose new form those before it can read', of(9, 7), of(8, 7), of(7, 7), true],
  ['not one that the program at work cannot take over from', of(9, 9), of(8, 7), of(8, 7), false],
  [
    'not one that the package could not take over from, though the program at work could',
    of(9, 8),
    of(8, 7),
    of(7, 7),
    false,
  ],
  ['not one that cannot read what is here', of(7, 7), of(9, 8), of(7, 7), false],
])('tries %s', (_, tried, own, fallback, may) => {
  expect(mayBeTried(tried, own, fallback)).toBe(may);
});

it('says of this program that it can read its own files', () => {
  expect(mayBeTried(ownSchemas(), ownSchemas(), ownSchemas())).toBe(true);
});
