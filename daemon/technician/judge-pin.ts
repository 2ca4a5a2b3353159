// Which PINs are taken. Pure. What somebody tries first is refused: one digit again and again, a row, a pattern.
import { pinPattern } from '../../contract/technician-api.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';

export type PinJudgement = { kind: 'taken' } | { kind: 'refused'; words: string; hint: string };

const distinctDigitsMin = 3;

export function judgePin(pin: string): PinJudgement {
  if (!pinPattern.test(pin)) return refused('a PIN is 6 to 12 digits', 'Use digits alone, no blanks.');
  // Nothing that looks like one passes the door of the appliance (I11): it could never be typed there.
  if (holdsCardNumber(pin))
    return refused('this looks like the number of a card', 'Use another, or a shorter one.');
  if (isGuessable(pin)) {
    return refused(
      'this is among the first that anybody tries',
      'Use no row, no pattern and at least three different digits.',
    );
  }
  return { kind: 'taken' };
}

function isGuessable(pin: string): boolean {
  return (
    new Set(pin).size < distinctDigitsMin || isRow(pin) || isRepeated(pin) || isMirrored(pin) || isPairs(pin)
  );
}

/** The same step from each digit to the next, over 9 as well: 123456, 987654, 246802. */
function isRow(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  return new Set(steps).size === 1;
}

/** 123123, 12341234. */
function isRepeated(pin: string): boolean {
  return /^(\d+)\1+$/.test(pin);
}

/** 123321. */
function isMirrored(pin: string): boolean {
  return pin === [...pin].reverse().join('');
}

/** 112233. */
function isPairs(pin: string): boolean {
  return /^(?:(\d)\1)+$/.test(pin);
}

function refused(words: string, hint: string): PinJudgement {
  return { kind: 'refused', words, hint };
}
