// States, conditions and durations in words, for people who look at a screen. Pure.
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

/** `just now`, `45 s`, `12 min`, `3 h`, `9 days`. */
export function spanWords(ms: number): string {
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

/** As the viewer's language writes the currency; the minor units are the currency's own (JPY has none). */
export function moneyWords(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(minor / 10 ** maximumFractionDigits);
}

export function momentWords(ms: number, timeZone: string | undefined): string {
  const date = new Date(ms);
  const sameDay = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(undefined, {
    ...(timeZone !== undefined && { timeZone }),
    ...(!sameDay && { day: 'numeric', month: 'short' }),
    ...(!sameDay && date.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}
