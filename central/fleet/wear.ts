// What a box has written to its disk, and the wear that this means: by the disk's own word where it has one, and by how long it takes at
// this pace to write the whole of it over once, of which a card bears some thousands. Pure.
import type { HealthReport } from '../../contract/health.ts';

export interface Wear {
  /** Since the machine started. */
  writtenBytes: number;
  writtenBytesPerDay: number;
  /** Null: the machine does not say how large its disk is, or nothing was written. */
  daysToOverwrite: number | null;
  /** The tenth of its rated life it is in, 1 to 10; 11: past it. Null: it does not say. */
  lifeTenths: number | null;
}

const dayMs = 86_400_000;
/** Of a start alone nothing follows for a day. */
const leastMs = 3_600_000;

/** Null: the machine does not say what it writes, or has not run for an hour. */
export function wearOf({ machine, at }: Pick<HealthReport, 'machine' | 'at'>): Wear | null {
  const { diskWrittenBytes: writtenBytes, diskTotalBytes, diskLifeTenths } = machine;
  if (writtenBytes === null || at.monotonicMs < leastMs) return null;
  const writtenBytesPerDay = Math.round((writtenBytes / at.monotonicMs) * dayMs);
  const daysToOverwrite =
    diskTotalBytes === null || writtenBytesPerDay === 0
      ? null
      : Math.round(diskTotalBytes / writtenBytesPerDay);
  const lifeTenths = diskLifeTenths == null ? null : Math.min(11, diskLifeTenths);
  return { writtenBytes, writtenBytesPerDay, daysToOverwrite, lifeTenths };
}
