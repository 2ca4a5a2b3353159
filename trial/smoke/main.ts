// Whether executables do what they are for: each says what it is, and together they sell one checkout that ends up in the
// ledger; one that is not given runs from its sources. Started by `npm run package`, by itself:
// node trial/smoke/main.ts --appliance <file> --central <file>.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Policy } from '../../contract/policy.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { readSettledBooks } from '../books.ts';
import { compareBooks } from '../compare.ts';
import { describeError, exitCodeOf } from '../error.ts';
import type { Command } from '../program.ts';
import { openSite, type SitePrograms } from '../site.ts';
import { currency, fillBasket, readProducts } from '../start/shopping.ts';

const catalogueFile = join(import.meta.dirname, '..', 'start', 'catalogue.csv');
/** Emulated, a program takes ten times as long. */
const readyMsMax = 120_000;
const policy = Policy.parse({
  currency,
  checkout: { totalMinorMax: 20_000 },
  exposure: { totalMinorMax: 20_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
const run = promisify(execFile);

const { values } = parseArgs({
  options: {
    appliance: { type: 'string' },
    central: { type: 'string' },
    /** Runs them where they are for another processor. */
    emulator: { type: 'string' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'holdfast-smoke-'));
process.env.PKG_NATIVE_CACHE_PATH = join(folder, 'native');
try {
  const programs = {
    ...(values.appliance !== undefined && { appliance: command(values.appliance) }),
    ...(values.central !== undefined && { central: command(values.central) }),
  };
  const versions = await Promise.all(Object.values(programs).map(versionOf));
  const readyMs = await sellOne(programs);
  console.log(JSON.stringify({ versions, sold: 1, readyMs }));
} catch (error) {
  console.error(describeError(error));
  process.exitCode = exitCodeOf(error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function command(file: string): Command {
  return values.emulator === undefined ? [file] : [values.emulator, file];
}

async function versionOf([executable, ...words]: Command): Promise<unknown> {
  const { stdout } = await run(executable, [...words, 'version', '--json']);
  return JSON.parse(stdout);
}

/** @returns how long the appliance took from a second start to ready */
async function sellOne(programs: Partial<SitePrograms>): Promise<number> {
  const site = await openSite({ folder: join(folder, 'site'), catalogueFile, policy, programs, readyMsMax });
  try {
    await site.appliance.stop();
    const startMs = performance.now();
    await site.appliance.start();
    const readyMs = Math.round(performance.now() - startMs);
    const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
    const sale = await kiosk.checkout(fillBasket(readProducts(catalogueFile), () => 0));
    if (sale.kind !== 'approved') throw new Error(`the kiosk was told ${JSON.stringify(sale)}`);
    const { entries, differences } = compareBooks(await readSettledBooks(site));
    if (entries !== 1 || differences.length > 0)
      throw new Error(`${entries} entries, ${differences.join('; ')}`);
    return readyMs;
  } finally {
    await site.stop();
  }
}
