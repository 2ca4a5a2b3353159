// Bank statements as SWIFT's MT940, one message an account.
import { decimalText } from '../stripe/money.ts';
import type { Entry } from './account.ts';
import type { Statement } from './statement.ts';

/** A line of :86: has 65 characters, of which there are six. */
const wordsPerLine = 65;

export function mt940(statements: readonly Statement[]): string {
  return statements.map(showStatement).join('');
}

function showStatement(statement: Statement): string {
  const { account, currency, fromMs, toMs, openingMinor, closingMinor, entries } = statement;
  const lastMs = toMs - 1;
  const lines = [
    `:20:SBX${day(lastMs)}`,
    `:25:${account}`,
    ':28C:1/1',
    `:60F:${balance(openingMinor, currency, fromMs)}`,
    ...entries.flatMap(showEntry),
    `:62F:${balance(closingMinor, currency, lastMs)}`,
  ];
  return `${lines.join('\r\n')}\r\n-\r\n`;
}

function showEntry({ bankReference, parts, words, amount, currency, bookedMs }: Entry): string[] {
  const booked = day(bookedMs);
  const mark = amount < 0 ? 'D' : 'C';
  // A reference of the owner has sixteen characters at most: the payout's stands in the words.
  const entry = `:61:${booked}${booked.slice(2)}${mark}${swift(amount, currency)}NTRFNONREF//${bankReference}`;
  const names = parts.map(({ reference }) => reference);
  const text =
    names.length === 1
      ? [`/EREF/${names.join('')}/REMI/${words}`]
      : [`/REMI/${words}`, ...names.map((name) => ` ${name}`)];
  return [entry, ...text.map((line, at) => (at === 0 ? `:86:${line}` : line).slice(0, wordsPerLine))];
}

function balance(minor: number, currency: string, ms: number): string {
  return `${minor < 0 ? 'D' : 'C'}${day(ms)}${currency.toUpperCase()}${swift(minor, currency)}`;
}

/** With a comma, which is there without decimals too. */
function swift(minor: number, currency: string): string {
  const text = decimalText(Math.abs(minor), currency).replace('.', ',');
  return text.includes(',') ? text : `${text},`;
}

/** YYMMDD. */
function day(ms: number): string {
  return new Date(ms).toISOString().slice(2, 10).replaceAll('-', '');
}
