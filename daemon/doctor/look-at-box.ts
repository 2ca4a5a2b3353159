// What this machine says of itself: read from files of the kernel and from systemd's own tool, each within a bound. What
// cannot be read is null: a check says so and claims nothing.
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DiskFacts, UnitFacts, WearFacts } from './judge-box.ts';

export function lookAtSpace(folder: string, reserveBytes: number): DiskFacts | null {
  if (!existsSync(folder)) return null;
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, reserveBytes };
}

const tries = 15;
const tryBytes = 4096;
/** A dying disk must not hold the doctor up. */
const triesMsMax = 3000;

/** @returns milliseconds of each write with a sync; none where nothing may be written there */
export function trySyncs(folder: string): number[] {
  const path = join(folder, `.doctor-${process.pid}`);
  const taken: number[] = [];
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch {
    return taken;
  }
  try {
    const endMs = performance.now() + triesMsMax;
    for (let n = 0; n < tries && performance.now() < endMs; n++) {
      const startMs = performance.now();
      writeSync(file, Buffer.alloc(tryBytes, n));
      fsyncSync(file);
      taken.push(performance.now() - startMs);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return taken;
}

/** Of the first eMMC; SD cards and most sticks say nothing. */
export function lookAtWear(blocks = '/sys/block'): WearFacts | null {
  if (!existsSync(blocks)) return null;
  for (const device of readdirSync(blocks)) {
    const text = textOf(join(blocks, device, 'device', 'life_time'));
    const used = /^0x([0-9a-f]+)\s+0x([0-9a-f]+)$/i.exec(text?.trim() ?? '');
    const lifeTenths = Math.max(0, ...(used ?? []).slice(1).map((hex) => Number.parseInt(hex, 16)));
    if (lifeTenths > 0) return { device, lifeTenths };
  }
  return null;
}

export function lookAtMemory(): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(textOf('/proc/meminfo') ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

export async function lookAtUnit(): Promise<UnitFacts | null> {
  const shown = await systemTool('systemctl', [
    'show',
    'holdfast.service',
    '--property=LoadState,ActiveState,NRestarts,UnitFileState',
  ]);
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown ?? '')?.[1] ?? '';
  if (value('LoadState') !== 'loaded') return null;
  return {
    activeState: value('ActiveState'),
    restarts: Number(value('NRestarts')) || 0,
    enabled: ['enabled', 'static', 'linked'].includes(value('UnitFileState')),
  };
}

/** As systemd sees it; null where it does not. */
export async function lookAtSynchronised(): Promise<boolean | null> {
  const shown = await systemTool('timedatectl', ['show', '--property=NTPSynchronized']);
  const said = /^NTPSynchronized=(yes|no)$/m.exec(shown ?? '')?.[1];
  return said === undefined ? null : said === 'yes';
}

const toolMsMax = 3000;

function systemTool(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: toolMsMax }, (error, stdout) => resolve(error ? null : stdout));
  });
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
