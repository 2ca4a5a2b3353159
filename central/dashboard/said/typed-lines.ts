// Amounts that somebody types line by line, each with a name: postings of a correction, parts of a split. Pure.
import { moneyWords, readMinor } from './words.ts';

export interface Line {
  name: string;
  amount: string;
}

/** Empty lines are passed over; null: a line is not whole, or there are less than two. */
export function typedLines(
  lines: readonly Line[],
  currency: string,
): { name: string; amountMinor: number }[] | null {
  const typed = lines
    .filter(({ name, amount }) => name.trim() !== '' || amount.trim() !== '')
    .map(({ name, amount }) => ({ name: name.trim(), amountMinor: readMinor(amount, currency) }));
  const whole = typed.flatMap(({ name, amountMinor }) => (amountMinor ? [{ name, amountMinor }] : []));
  return whole.length === typed.length && whole.length >= 2 ? whole : null;
}

/** What the lines come to, and what they should. */
export function sumWords(lines: readonly Line[], currency: string, wantedMinor: number): string {
  const sum = lines.reduce((total, { amount }) => total + (readMinor(amount, currency) ?? 0), 0);
  const left = wantedMinor - sum;
  const words = `Together ${moneyWords(sum, currency)}`;
  return left === 0 ? `${words}, as it should be.` : `${words}; ${moneyWords(left, currency)} is left.`;
}
