// What a kiosk tells its people about the link. A pure rule: the last status, and whether the appliance answers.
import type { Status } from '../contract/kiosk-api.ts';

/**
 * - `online`: nothing to say.
 * - `offline`: the site sells on its own until a limit is reached; null where there is no limit.
 * - `unreachable`: the appliance itself does not answer, so that nothing can be sold.
 */
export type Banner =
  | { kind: 'online' }
  | {
      kind: 'offline';
      sinceMs: number;
      timeLeftMs: number | null;
      moneyLeftMinor: number | null;
      currency: string | null;
      /** True when a limit is reached: only central can allow more. */
      exhausted: boolean;
      words: string;
    }
  | { kind: 'unreachable'; words: string };

/**
 * @param status the last one known, from `status()` or the events; null when the appliance does not answer
 * @param ageMs how long ago it was heard, by the kiosk's own monotonic clock: the time left runs down between two
 */
export function bannerOf(status: Status | null, ageMs = 0): Banner {
  if (!status) {
    return {
      kind: 'unreachable',
      words: 'The appliance does not answer. Nothing can be sold until it does.',
    };
  }
  const { link, offline, exposure } = status;
  if (link.kind === 'online') return { kind: 'online' };
  const timeLeftMs = offline.timeLeftMs === null ? null : Math.max(0, offline.timeLeftMs - ageMs);
  const { moneyLeftMinor } = offline;
  const exhausted = timeLeftMs === 0 || moneyLeftMinor === 0;
  const { currency } = exposure;
  return {
    kind: 'offline',
    sinceMs: offline.sinceMs ?? link.sinceMs,
    timeLeftMs,
    moneyLeftMinor,
    currency,
    exhausted,
    words: exhausted ? exhaustedWords : wordsOf(timeLeftMs, moneyLeftMinor, currency),
  };
}

const exhaustedWords =
  'No link, and the limit of selling without one is reached. Sales go on when the link is back.';

function wordsOf(timeLeftMs: number | null, moneyLeftMinor: number | null, currency: string | null): string {
  const left: string[] = [];
  if (timeLeftMs !== null) left.push(durationText(timeLeftMs));
  if (moneyLeftMinor !== null && currency !== null) left.push(moneyText(moneyLeftMinor, currency));
  const limits = left.length > 0 ? ` Left: ${left.join(' and ')}.` : '';
  return `No link. Sales go on and are settled later.${limits}`;
}

/** Rounded down: never promise a minute that is not there. */
function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** An amount as people write it; the platform knows how many decimals a currency has. */
export function moneyText(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(minor / 10 ** maximumFractionDigits);
}
