import { expect, it } from 'vitest';
import { readSearch } from './find-checkouts.ts';

const id = '0197c0de-0000-7000-8000-000000000001';

it.each([
  [` ${id.toUpperCase()} `, [{ by: 'id', id }]],
  ['17', [{ by: 'slip', slip: 17 }]],
  ['#4242', [{ by: 'slip', slip: 4242 }]],
  [
    '4242',
    [
      { by: 'slip', slip: 4242 },
      { by: 'card', last4: '4242' },
    ],
  ],
  ['12.50', [{ by: 'total', totalMinor: 1250 }]],
  ['£1,234.00', [{ by: 'total', totalMinor: 123_400 }]],
  ['£4242', [{ by: 'total', totalMinor: 424_200 }]],
  ['12.5', []],
  ['leeds', []],
  ["1' OR 1=1", []],
  ['', []],
])('%j is looked for as %j', (text, wanted) => {
  expect(readSearch(text)).toEqual(wanted);
});
