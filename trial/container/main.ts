// Whether a container image does what it is for: as a user that is not root, on files that cannot be written, it starts, says
// that it is well, sells or takes a sale, stops in order, and knows all of it after the next start. Started by
// `npm run image:oci`, by itself: node trial/container/main.ts --program holdfast --rootfs <folder> --image <config.json>.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Policy } from '../../contract/policy.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { readSettledBooks } from '../books.ts';
import { compareBooks } from '../compare.ts';
import { describeError, exitCodeOf } from '../error.ts';
import type { Command } from '../program.ts';
import { openSite, type Site } from '../site.ts';
import { currency, fillBasket, readProducts } from '../start/shopping.ts';
import { ImageConfig, ownerIn } from './bundle.ts';
import { exitCodeFile, Places, runtimeOf } from './places.ts';

const catalogueFile = join(import.meta.dirname, '..', 'start', 'catalogue.csv');
/** Emulated, a program takes ten times as long. */
const readyMsMax = 180_000;
const policy = Policy.parse({
  currency,
  checkout: { totalMinorMax: 20_000 },
  exposure: { totalMinorMax: 20_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
const run = promisify(execFile);

const { values } = parseArgs({
  options: { program: { type: 'string' }, rootfs: { type: 'string' }, image: { type: 'string' } },
});

const folder = mkdtempSync(join(tmpdir(), 'holdfast-container-'));
try {
  const image = ImageConfig.parse(JSON.parse(readFileSync(values.image ?? '', 'utf8')));
  const { program, rootfs } = values;
  const places = Places.parse({ program, image, rootfs, folder: join(folder, 'container') });
  mustHaveNoShell(places);
  console.log(JSON.stringify(await tryIt(places)));
} catch (error) {
  console.error(describeError(error));
  process.exitCode = exitCodeOf(error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function mustHaveNoShell({ rootfs }: Places): void {
  const shells = ['bin/sh', 'usr/bin/sh', 'bin/bash', 'usr/bin/bash'].filter((path) =>
    existsSync(join(rootfs, path)),
  );
  must(shells.length === 0, `the image has a shell: ${shells.join(', ')}`);
}

/** @returns how long the program took to be ready, and how long its check of health takes */
async function tryIt(places: Places): Promise<object> {
  const placesFile = join(folder, 'places.json');
  writeFileSync(placesFile, JSON.stringify(places));
  const contained: Command = [process.execPath, join(import.meta.dirname, 'in-container.ts'), placesFile];
  const programs = places.program === 'holdfast' ? { appliance: contained } : { central: contained };
  const site = await openSite({ folder: join(folder, 'site'), catalogueFile, policy, programs, readyMsMax });
  try {
    const tried = places.program === 'holdfast' ? site.appliance : site.central;
    await mustBeShutIn(places);
    const healthMs = await mustBeWell(places);
    const id = await sell(site);
    await tried.stop();
    mustHaveStopped(places);
    const startMs = performance.now();
    await tried.start();
    const readyMs = Math.round(performance.now() - startMs);
    const kept = await createKioskClient({ baseUrl: site.applianceUrl }).get(id);
    must(kept.kind === 'found', `the sale is gone after a new start: ${JSON.stringify(kept)}`);
    const { entries, differences } = compareBooks(await readSettledBooks(site));
    must(entries === 1 && differences.length === 0, `${entries} entries, ${differences.join('; ')}`);
    return { readyMs, healthMs, sold: entries };
  } finally {
    await site.stop();
  }
}

/** What the kernel says of the running program, not what it was told to do. */
async function mustBeShutIn({ image, folder, program }: Places): Promise<void> {
  const [runtime, ...words] = runtimeOf({ folder });
  const { stdout } = await run(runtime, [...words, 'state', program]);
  const { pid } = JSON.parse(stdout) as { pid: number };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const { uid } = ownerIn(image);
  must(uid > 0 && status.includes(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`), `it runs as: ${status}`);
  must(/^CapBnd:\t0+$/m.test(status) && /^NoNewPrivs:\t1$/m.test(status), `it may do too much: ${status}`);
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n');
  const root = mounts.find((line) => line.split(' ')[4] === '/') ?? '';
  must(/^ro\b/.test(root.split(' ')[5] ?? ''), `its root can be written: ${root}`);
  const writable = mounts.filter((line) => /^rw\b/.test(line.split(' ')[5] ?? ''));
  // What hides a file of /proc is a device.
  const running = writable.filter(
    (line) => !/\bnoexec\b/.test(line) && !/^\/(dev$|proc\/)/.test(line.split(' ')[4] ?? ''),
  );
  must(running.length === 0, `code can be written and run: ${running.join('; ')}`);
}

/** The image's own check, in the container and as often as an engine would make it. @returns how long it took */
async function mustBeWell({ image, folder, program }: Places): Promise<number> {
  const [runtime, ...words] = runtimeOf({ folder });
  const { Test, Retries } = image.Healthcheck;
  const [, ...check] = Test;
  const said: unknown[] = [];
  while (said.length < Retries) {
    const startMs = performance.now();
    try {
      await run(runtime, [...words, 'exec', program, ...check]);
      return Math.round(performance.now() - startMs);
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      said.push(stdout || stderr || error);
    }
  }
  throw new Error(`it is not well: ${said.join('; ')}`);
}

async function sell(site: Site): Promise<string> {
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
  const sale = await kiosk.checkout(fillBasket(readProducts(catalogueFile), () => 0));
  must(sale.kind === 'approved', `the kiosk was told ${JSON.stringify(sale)}`);
  await readSettledBooks(site);
  return sale.id;
}

function mustHaveStopped(places: Places): void {
  const code = readFileSync(exitCodeFile(places), 'utf8');
  must(code === '0', `told to stop, it ended with ${code}`);
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
