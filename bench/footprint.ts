// npm run bench:footprint — the appliance at rest: resident memory, and the time from start to ready.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSite } from '../trial/site.ts';
import { policy } from './baskets.ts';
import { median, report, round, say } from './report.ts';

const starts = 7;
const restMs = 10_000;
const root = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const catalogueFile = join(import.meta.dirname, '..', 'trial', 'start', 'catalogue.csv');

const site = await openSite({ folder: root, catalogueFile, policy });
try {
  const readyMs: number[] = [];
  for (let i = 0; i < starts; i++) {
    await site.appliance.stop();
    const startMs = performance.now();
    await site.appliance.start();
    readyMs.push(performance.now() - startMs);
  }
  // Connected, with its catalogue, and nobody selling.
  await sleep(restMs);
  const residentMB = residentKB(site.appliance.pid()) / 1024;
  say(`ready after ${readyMs.map((ms) => Math.round(ms)).join(', ')} ms; ${round(residentMB, 1)} MB at rest`);
  await report(
    'footprint',
    { residentMB: round(residentMB, 1), readyMs: Math.round(median(readyMs)) },
    { readyMs },
  );
} finally {
  await site.stop();
  rmSync(root, { recursive: true, force: true });
}

function residentKB(pid: number | null): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}
