import { expect, it } from 'vitest';
import { sumWords, typedLines } from './typed-lines.ts';

const line = (name: string, amount: string) => ({ name, amount });

it('takes whole lines, and passes over empty ones', () => {
  const lines = [line(' suspense ', '12.50'), line('', ''), line('bank:main', '-12.50')];
  expect(typedLines(lines, 'GBP')).toEqual([
    { name: 'suspense', amountMinor: 1250 },
    { name: 'bank:main', amountMinor: -1250 },
  ]);
});

it.each([
  ['one line alone', [line('suspense', '1')]],
  ['an amount that is none', [line('suspense', '1'), line('bank:main', 'x')]],
  ['nothing', [line('suspense', '0'), line('bank:main', '0')]],
])('waits for more with %s', (_, lines) => {
  expect(typedLines(lines, 'GBP')).toBeNull();
});

it('says what is left', () => {
  expect(sumWords([line('a', '1'), line('b', '-1')], 'GBP', 0)).toMatch(/0\.00, as it should be/);
  expect(sumWords([line('a', '1')], 'GBP', 300)).toMatch(/1\.00; £2\.00 is left/);
});
