// Which entries of the bank name which payouts: by a reference, or by a word of their text that is a name of one. Pure.
import { present } from '../../kit/assert.ts';
import type { BankEntry } from './report-row.ts';

/** Something that an entry of the bank may name. */
export interface Named {
  names: readonly string[];
  currency: string;
}

export interface Together {
  /** Places among what may be named. */
  payouts: number[];
  /** Places among the bank's entries. */
  entries: number[];
}

/** Words of an entry that can name a payout: long enough, and with a digit. */
const wordPattern = /^(?=.*\d).{6,}$/;

function wordsOf(text: string): string[] {
  return text.split(/[^A-Za-z0-9_-]+/).filter((word) => wordPattern.test(word));
}

/** Payouts and entries that name each other, directly or through one another. */
export function namedTogether(
  payouts: readonly Named[],
  entries: Iterable<[at: number, entry: BankEntry]>,
): Together[] {
  const named = payoutsByWord(payouts);
  const groups = new Map<number, Together>(payouts.map((_, at) => [at, { payouts: [at], entries: [] }]));
  for (const [at, entry] of entries) {
    const words = new Set([...entry.references, ...wordsOf([entry.text, ...entry.references].join(' '))]);
    const found = new Set(
      [...words].flatMap((word) => oneOf(named.get(word) ?? [], payouts, entry.currency)),
    );
    const [first, ...others] = [...found].map((payout) => present(groups.get(payout), 'group'));
    if (first === undefined) continue;
    first.entries.push(at);
    for (const other of others) if (other !== first) join(groups, first, other);
  }
  return [...new Set(groups.values())].filter((together) => together.entries.length > 0);
}

function payoutsByWord(payouts: readonly Named[]): Map<string, number[]> {
  const named = new Map<string, number[]>();
  for (const [at, { names }] of payouts.entries()) {
    for (const word of new Set([...names, ...names.flatMap(wordsOf)])) {
      named.set(word, [...(named.get(word) ?? []), at]);
    }
  }
  return named;
}

/** A word that stands for several payouts names none of them, unless the currency tells them apart. */
function oneOf(
  candidates: readonly number[],
  payouts: readonly Named[],
  currency: string,
): readonly number[] {
  if (candidates.length === 1) return candidates;
  const inCurrency = candidates.filter((at) => payouts[at]?.currency === currency);
  return inCurrency.length === 1 ? inCurrency : [];
}

function join(groups: Map<number, Together>, into: Together, other: Together): void {
  into.entries.push(...other.entries);
  into.payouts.push(...other.payouts);
  for (const payout of other.payouts) groups.set(payout, into);
}

/** An order of entries by what they say, so that it does not matter how they came. */
export function entryKey({ bookedOn, bankReference, amountMinor }: BankEntry): string {
  return `${bookedOn} ${bankReference} ${amountMinor}`;
}
