// npm run bench:footprint — the appliance at rest: resident memory, and the time from start to ready; of the program as it is
// built (npm run build), as one executable (npm run package), and beside them as it runs from its sources.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../kit/assert.ts';
import { bundle } from '../provisioning/package/bundle.ts';
import type { Architecture } from '../provisioning/package/compile.ts';
import { programs } from '../provisioning/package/programs.ts';
import { makeRelease } from '../provisioning/package/release.ts';
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
  const [main, central] = await Promise.all(
    programs.map((program) => bundle(program, join(root, program.name))),
  );
  const built = await measure('built', {
    appliance: onNode(present(main, 'built')),
    central: onNode(present(central, 'built')),
  });
  const { file: appliance, unpacked } = await makeAppliance();
  process.env.PKG_NATIVE_CACHE_PATH = unpacked;
  const executable = await measure('as one executable', { appliance: [appliance] });
  const fromSources = await measure('from its sources');
  const figures = {
    residentMB: built.residentMB,
    readyMs: built.readyMs,
    executableResidentMB: executable.residentMB,
    executableReadyMs: executable.readyMs,
  };
  await report('footprint', figures, { built, executable, fromSources });
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function makeAppliance(): Promise<{ file: string; unpacked: string }> {
  const dist = join(root, 'dist');
  const architectures = [process.arch as Architecture];
  const only = programs.filter(({ name }) => name === 'holdfast');
  await makeRelease(
    { architectures, programs: only, folder: dist, signingKey: null, smoke: false, json: false },
    say,
  );
  return { file: join(dist, `holdfast-linux-${process.arch}`), unpacked: join(root, 'unpacked') };
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
