import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePin } from './judge-pin.ts';

describe('a PIN', () => {
  it.each(['830527', '915038', '4071938', '20480917', '730145928613'])('may be %s', (pin) => {
    expect(judgePin(pin)).toEqual({ kind: 'taken' });
  });

  it.each([
    ['one digit again and again', '111111'],
    ['two digits alone', '121211'],
    ['a row', '123456'],
    ['a row over nine', '789012'],
    ['a row downwards', '987654'],
    ['a row in steps of two', '246802'],
    ['the same twice', '123123'],
    ['the same three times', '427427427'],
    ['the same forwards and backwards', '427724'],
    ['pairs', '774422'],
    ['too short', '83052'],
    ['too long', '8305278305271'],
    ['letters', '83052a'],
    ['blanks', '830 527'],
    ['digits of another script', '٨٣٠٥٢٧'],
    ['nothing', ''],
  ])('is not %s', (_, pin) => {
    expect(judgePin(pin).kind).toBe('refused');
  });

  it('is none that the door would take for the number of a card, for nobody could ever type it there', () => {
    // Maestro, twelve digits, with the right check digit.
    expect(judgePin('676238190257')).toMatchObject({
      kind: 'refused',
      words: expect.stringContaining('card'),
    });
  });

  it('can be nearly every row of digits that a machine would choose', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 });
    const all = fc.sample(digits, { numRuns: 2000, seed: 1 }).map((one) => one.join(''));
    const taken = all.filter((pin) => judgePin(pin).kind === 'taken');
    expect(taken.length / all.length).toBeGreaterThan(0.9);
  });
});
