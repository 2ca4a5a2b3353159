// The machine: its disk, its clock, its memory, the unit it runs under. Pure: from what was measured to a check each.
import { type Check, fault, ok, unknown, warning } from './check.ts';

const mebibyte = 1024 * 1024;
const freeShareMin = 0.1;

export interface DiskFacts {
  freeBytes: number;
  totalBytes: number;
  /** Below it new checkouts stop. */
  reserveBytes: number;
}

export function judgeSpace({ freeBytes, totalBytes, reserveBytes }: DiskFacts): Check {
  const code = 'disk_space';
  const words = `${size(freeBytes)} of ${size(totalBytes)} free`;
  const hint = 'Make room on the disk that holds dataFolder: logs, old packages, files set aside.';
  if (freeBytes <= reserveBytes) return fault(code, `${words}: no new checkouts are taken`, hint);
  return freeBytes < totalBytes * freeShareMin ? warning(code, words, hint) : ok(code, words);
}

/** Each checkout waits for one sync, shared with all that come meanwhile. */
const syncMsWarning = 50;
const syncMsError = 1000;

/** @param syncMs how long each of some writes with a sync took */
export function judgeSpeed(syncMs: readonly number[]): Check {
  const code = 'disk_speed';
  const median = syncMs.toSorted((a, b) => a - b)[Math.floor(syncMs.length / 2)];
  if (median === undefined) return unknown(code, 'the disk could not be tried');
  const words = `a write with a sync takes ${median < 10 ? median.toFixed(1) : Math.round(median)} ms`;
  const hint =
    'A card or stick near its end, or another program that writes much: look with iostat, and replace the disk.';
  if (median >= syncMsError) return fault(code, words, hint);
  return median >= syncMsWarning ? warning(code, words, hint) : ok(code, words);
}

export interface WearFacts {
  device: string;
  /** Tenths of its life that are used, 1 to 11, as JEDEC's eMMC registers say: EXT_CSD 268 and 269, the worse one. */
  lifeTenths: number;
}

const lifeTenthsWarning = 8;
const lifeTenthsError = 10;

export function judgeWear(wear: WearFacts | null): Check {
  const code = 'disk_wear';
  if (wear === null) return unknown(code, 'this disk does not say how worn it is');
  const { device, lifeTenths } = wear;
  if (lifeTenths > 10) return fault(code, `${device} is past its rated life`, replaceHint);
  const words = `${device} has used ${(lifeTenths - 1) * 10} to ${lifeTenths * 10} % of its rated life`;
  if (lifeTenths >= lifeTenthsError) return fault(code, words, replaceHint);
  return lifeTenths >= lifeTenthsWarning ? warning(code, words, replaceHint) : ok(code, words);
}

const replaceHint = 'Replace the box before the disk fails; see docs/operations for the replacement.';

export function judgeMemory(availableBytes: number | null): Check {
  const code = 'memory';
  if (availableBytes === null) return unknown(code, 'this machine does not say');
  const words = `${size(availableBytes)} available`;
  const hint = 'Stop what else runs on this box.';
  if (availableBytes < 32 * mebibyte) return fault(code, words, hint);
  return availableBytes < 128 * mebibyte ? warning(code, words, hint) : ok(code, words);
}

const offsetMsWarning = 30_000;
const offsetMsError = 10 * 60_000;

/** @param aheadMs of central's clock; null where central could not be asked */
export function judgeClock(aheadMs: number | null, synchronised: boolean | null): Check {
  const code = 'clock';
  const hint = 'Selling does not depend on it, certificates do: see `timedatectl`, `chronyc tracking`.';
  if (aheadMs === null) {
    if (synchronised === null)
      return unknown(code, 'neither central nor this machine says whether it is right');
    return synchronised
      ? ok(code, 'synchronised, as this machine says; central could not be asked')
      : warning(code, 'not synchronised, as this machine says; central could not be asked', hint);
  }
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const words =
    seconds === 0 ? 'as central’s' : `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} central’s`;
  if (Math.abs(aheadMs) >= offsetMsError) return fault(code, words, hint);
  return Math.abs(aheadMs) >= offsetMsWarning ? warning(code, words, hint) : ok(code, words);
}

export interface UnitFacts {
  /** As `systemctl show` names them. */
  activeState: string;
  restarts: number;
  enabled: boolean;
}

const restartsWarning = 3;

/** @param unit null where there is no systemd, or no such unit */
export function judgeUnit(unit: UnitFacts | null): Check {
  const code = 'unit';
  if (unit === null) return unknown(code, 'there is no holdfast.service on this machine');
  const { activeState, restarts, enabled } = unit;
  if (activeState !== 'active') {
    return fault(
      code,
      `holdfast.service is ${activeState}`,
      'See: systemctl status holdfast; journalctl -u holdfast -n 50',
    );
  }
  if (!enabled) {
    return warning(
      code,
      'holdfast.service runs, and would not after a boot',
      'Run: systemctl enable holdfast',
    );
  }
  if (restarts >= restartsWarning) {
    return warning(
      code,
      `holdfast.service was restarted ${restarts} times`,
      'See why: journalctl -u holdfast -p warning',
    );
  }
  return ok(code, 'holdfast.service is active and starts at boot');
}

function size(bytes: number): string {
  const [unit, name] = bytes >= 1024 * mebibyte ? [1024 * mebibyte, 'GiB'] : [mebibyte, 'MiB'];
  return `${(bytes / unit).toFixed(1)} ${name}`;
}
