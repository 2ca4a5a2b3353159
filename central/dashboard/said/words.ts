// States, conditions and durations in words, for people who look at a screen. Pure.
import { minorDigits } from '../../../contract/minor-digits.ts';
import type { FleetRow } from './row.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

export const stateWords: Record<FleetRow['state'], { words: string; tone: Tone; means: string }> = {
  silent: {
    words: 'Silent',
    tone: 'bad',
    means: 'Nothing was heard of it. It may sell offline, or stand without power: nobody knows from here.',
  },
  selling_offline: {
    words: 'Selling offline',
    tone: 'warn',
    means: 'It speaks, and central takes no entry of it. It sells by its offline limits.',
  },
  degraded: { words: 'Degraded', tone: 'warn', means: 'It sells, and something about it wants a look.' },
  not_reporting: {
    words: 'Not reporting',
    tone: 'quiet',
    means: 'It is heard, and has said nothing of itself lately. An older release never does.',
  },
  never_seen: { words: 'Never seen', tone: 'quiet', means: 'It has a code, and has not come with it yet.' },
  selling_online: {
    words: 'Selling online',
    tone: 'good',
    means: 'It sells, and what it sells arrives here.',
  },
  retired: { words: 'Ended', tone: 'quiet', means: 'It is not let in any more.' },
};

/** `history_diverged` as a person reads it. */
export function plainWords(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `just now`, `45 s`, `12 min`, `3 h`, `9 days`; exact: `240 ms`, `2.4 s` too. */
export function spanWords(ms: number, how: 'rough' | 'exact' = 'rough'): string {
  if (how === 'exact' && ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (how === 'exact' && ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export function agoWords(ms: number): string {
  const words = spanWords(ms);
  return words === 'just now' ? words : `${words} ago`;
}

/** As the viewer's language writes the currency, in as many decimals as ISO 4217 gives it. */
export function moneyWords(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const format = formats.get(currency) ?? moneyFormat(currency, digits);
  formats.set(currency, format);
  return format.format(minor / 10 ** digits);
}

/** By currency: to make one takes longer than the rest of a row. */
const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, {
    ...{ style: 'currency', currency },
    ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
  });
}

/** What somebody typed as an amount, in minor units; null: it is none. Grouping is not typed; one point or comma is. */
export function readMinor(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const typed = /^\s*([-−+]?)(\d{1,12})(?:[.,](\d+))?\s*$/.exec(text);
  if (!typed) return null;
  const [, sign = '', whole = '', decimals = ''] = typed;
  if (decimals.length > digits) return null;
  const minor = Number(whole + decimals.padEnd(digits, '0'));
  return sign === '' || sign === '+' ? minor : -minor;
}

/** @param timeZone undefined: the viewer's own. Which day it is, today's too, goes by it. */
export function momentWords(ms: number, timeZone: string | undefined, nowMs = Date.now()): string {
  const date = new Date(ms);
  const zone = timeZone !== undefined && { timeZone };
  const dayOf = (at: number) => new Date(at).toLocaleDateString('en-CA', { ...zone, dateStyle: 'short' });
  const [day, today] = [dayOf(ms), dayOf(nowMs)];
  return date.toLocaleString(undefined, {
    ...zone,
    ...(day !== today && { day: 'numeric', month: 'short' }),
    ...(day.slice(0, 4) !== today.slice(0, 4) && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}
