// The Prefer header (RFC 7240) as far as it concerns waiting: `wait=N` in seconds, the kiosk's own wish.
import { limits } from '../../contract/limits.ts';

const headerCharsMax = 512;

/** The wait that was wished for in milliseconds, cut to what is allowed; null when there is no such wish. */
export function preferredWaitMs(header: string): number | null {
  if (header === '' || header.length > headerCharsMax) return null;
  for (const preference of header.split(',')) {
    // A preference may carry parameters of its own; the first of equal names counts (RFC 7240 §2).
    const [name, value] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name?.toLowerCase() !== 'wait') continue;
    const seconds = (value ?? '').replace(/^"(.*)"$/, '$1');
    if (!/^\d{1,9}$/.test(seconds)) return null;
    return Math.min(Number(seconds) * 1000, limits.onlineWaitMsMax);
  }
  return null;
}
