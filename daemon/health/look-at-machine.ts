// The hot numbers of this machine, from files of the kernel alone: no process is started for them, and what a machine does not
// say is null.
import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthReport } from '../../contract/health.ts';
import { lookAtWear } from '../doctor/look-at-box.ts';

/** @param folder the journal's; its disk is the one that counts */
export function lookAtMachine(folder: string): HealthReport['machine'] {
  const disk = orNull(() => statfsSync(folder));
  return {
    loadPercent: orNull(() => readLoad(readFileSync('/proc/loadavg', 'utf8'))),
    memoryFreeBytes: orNull(() => readMemoryFree(readFileSync('/proc/meminfo', 'utf8'))),
    diskFreeBytes: disk && disk.bavail * disk.bsize,
    diskTotalBytes: disk && disk.blocks * disk.bsize,
    diskWrittenBytes: orNull(() =>
      readWritten(readFileSync('/proc/diskstats', 'utf8'), statSync(folder).dev),
    ),
    temperatureCelsius: orNull(() => hottest('/sys/class/thermal')),
    diskLifeTenths: orNull(() => lookAtWear()?.lifeTenths ?? null),
  };
}

/** The first field of /proc/loadavg, in hundredths as it is written there. */
export function readLoad(text: string): number | null {
  const load = Number.parseFloat(text);
  return Number.isFinite(load) && load >= 0 ? Math.round(load * 100) : null;
}

export function readMemoryFree(text: string): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

const sectorBytes = 512;

/**
 * Sectors written, field 7 of the kernel's Documentation/admin-guide/iostats.rst, always of 512 bytes.
 * @param device as stat() gives it; null where no disk carries this number, as on an overlay
 */
export function readWritten(text: string, device: number): number | null {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (Number(fields[0]) === major && Number(fields[1]) === minor && fields[9] !== undefined) {
      return Number(fields[9]) * sectorBytes;
    }
  }
  return null;
}

function hottest(folder: string): number | null {
  const zones = readdirSync(folder).filter((name) => name.startsWith('thermal_zone'));
  const degrees = zones.flatMap((zone) => {
    const text = orNull(() => readFileSync(join(folder, zone, 'temp'), 'utf8'));
    return text === null ? [] : [Number(text) / 1000];
  });
  const sound = degrees.filter((each) => each > -100 && each < 200);
  return sound.length === 0 ? null : Math.round(Math.max(...sound));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
