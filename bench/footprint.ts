// npm run bench:footprint — the appliance at rest: resident memory, and the time from start to ready; of the program as it is
// built (npm run build), and beside it as it runs from its sources.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../kit/assert.ts';
import { bundle } from '../provisioning/package/bundle.ts';
import { programs } from '../provisioning/package/programs.ts';
import { onNode } from '../trial/program.ts';
import { openSite, type SiteOptions } from '../trial/site.ts';
import { policy } from './baskets.ts';
import { median, report, round, say } from './report.ts';

const starts = 7;
const restMs = 10_000;
const root = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const repository = join(import.meta.dirname, '..');
const catalogueFile = join(repository, 'trial', 'start', 'catalogue.csv');

interface Footprint {
  residentMB: number;
  readyMs: number;
  everyReadyMs: number[];
}

try {
  const [appliance, central] = await Promise.all(
    programs.map((program) => bundle(program, join(root, program.name))),
  );
  const built = await measure('built', {
    appliance: onNode(present(appliance, 'built')),
    central: onNode(present(central, 'built')),
  });
  const fromSources = await measure('from its sources');
  await report('footprint', { residentMB: built.residentMB, readyMs: built.readyMs }, { built, fromSources });
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function measure(name: string, programs?: SiteOptions['programs']): Promise<Footprint> {
  const folder = mkdtempSync(join(root, 'site-'));
  const site = await openSite({ folder, catalogueFile, policy, ...(programs && { programs }) });
  try {
    const everyReadyMs: number[] = [];
    for (let i = 0; i < starts; i++) {
      await site.appliance.stop();
      const startMs = performance.now();
      await site.appliance.start();
      everyReadyMs.push(Math.round(performance.now() - startMs));
    }
    // Connected, with its catalogue, and nobody selling.
    await sleep(restMs);
    const residentMB = round(residentKB(site.appliance.pid()) / 1024, 1);
    say(`${name}: ready after ${everyReadyMs.join(', ')} ms; ${residentMB} MB at rest`);
    return { residentMB, readyMs: median(everyReadyMs), everyReadyMs };
  } finally {
    await site.stop();
  }
}

function residentKB(pid: number | null): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}
