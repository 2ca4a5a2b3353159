import { expect, it } from 'vitest';
import { readSearch, type Wanted } from './find-checkouts.ts';

const id = '0197c0de-0000-7000-8000-000000000001';
const of = (totalMinor: number, ...only: string[]) => ({ by: 'total', totalMinor, only });
const ofCents = (totalMinor: number) => ({ by: 'total', totalMinor, only: null });
const withoutDecimals = ['JPY', 'KRW'];
const withThree = ['KWD', 'BHD'];

/** Of a long list of currencies, the two that each sort of them is known by here. */
const short = (wanted: Wanted) => {
  if (wanted.by !== 'total') return wanted;
  const { totalMinor, only } = wanted;
  const known = [...withoutDecimals, ...withThree];
  const kept = only !== null && only.length > 2 ? known.filter((one) => only.includes(one)) : only;
  return { by: 'total', totalMinor, only: kept };
};

it.each([
  [` ${id.toUpperCase()} `, [{ by: 'id', id }]],
  ['17', [{ by: 'slip', slip: 17 }, of(17, ...withoutDecimals)]],
  ['#4242', [{ by: 'slip', slip: 4242 }]],
  ['4242', [{ by: 'slip', slip: 4242 }, { by: 'card', last4: '4242' }, of(4242, ...withoutDecimals)]],
  ['12.50', [ofCents(1250), of(12_500, ...withThree)]],
  ['12,5', [ofCents(1250), of(12_500, ...withThree)]],
  ['12.505', [of(12_505, ...withThree)]],
  ['1,250', [ofCents(125_000), of(1250, ...withoutDecimals), of(1_250_000, ...withThree)]],
  ['£1,234.00', [of(123_400, 'GBP')]],
  ['£4242', [of(424_200, 'GBP')]],
  ['$ 3.5', [ofCents(350)]],
  ['¥1250', [of(125_000, 'CNY'), of(1250, 'JPY')]],
  ['¥12.50', [of(1250, 'CNY')]],
  ['jpy 1,250', [of(1250, 'JPY')]],
  ['1250 JPY', [of(1250, 'JPY')]],
  ['1.250 KWD', [of(1250, 'KWD')]],
  ['12.505 GBP', []],
  ['12.50 JPY', []],
  ['£ 3 GBP', []],
  ['999999999999 KWD', [of(999_999_999_999_000, 'KWD')]],
  ['leeds', []],
  ["1' OR 1=1", []],
  ['', []],
])('%j is looked for as %j', (text, wanted) => {
  expect(readSearch(text).map(short)).toEqual(wanted);
});
