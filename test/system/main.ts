// npm run test:system: an image booted in QEMU against a central on this machine. It enrols, sells, loses its link, loses its
// power under load, sells again, gets its link back, and with --release another program; and every 201 must be in the ledger
// exactly once.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { report as record, round } from '../../bench/report.ts';
import { debianArchitectures, readImage } from '../../provisioning/image/image-files.ts';
import { canAccelerate } from '../../provisioning/image/machine.ts';
import { report } from '../../provisioning/image/report.ts';
import { liveThrough } from './life.ts';

interface Given {
  arch: string;
  image?: string;
  tills: number;
  seed: number;
  release?: boolean;
  record?: boolean;
  json?: boolean;
}

const startMs = performance.now();
const say = (line: string) => {
  process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
};

// Box and central are ended with this process, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'));
process.exitCode = await testSystem().catch((error: unknown) => {
  process.stderr.write(`what the console said and central's log are in ${folder}\n`);
  return report(error);
});
if (process.exitCode === 0) rmSync(folder, { recursive: true });

async function testSystem(): Promise<0 | 1> {
  const given = readOptions(process.argv.slice(2));
  const { arch, tills, seed, release = false } = given;
  const image = readImage(given.image ?? resolve('dist', `image-${arch}`));
  const accelerated = canAccelerate(image.facts.architecture);
  say(`${arch}, ${image.facts.kernel}, ${accelerated ? 'with KVM' : 'emulated'}, seed ${seed}`);
  const found = await liveThrough({ folder, image, tills, seed, release, say });
  const {
    changedOver,
    wrongs,
    told,
    entries,
    enrolledSeconds,
    firstSaleSeconds,
    saleAfterPlugSeconds,
    unreceivedAtPlug,
  } = found;
  const figures = {
    enrolledSeconds: round(enrolledSeconds, 1),
    firstSaleSeconds: round(firstSaleSeconds, 1),
    saleAfterPlugSeconds: round(saleAfterPlugSeconds, 1),
    told,
    entries,
    unreceivedAtPlug,
    ...(changedOver && {
      fetchedSeconds: round(changedOver.fetchedSeconds, 1),
      gaveWaySeconds: round(changedOver.gaveWaySeconds, 1),
    }),
    wrongs: wrongs.length,
    totalSeconds: round((performance.now() - startMs) / 1000, 1),
  };
  if (given.record)
    await record(`system-${arch}`, figures, {
      ...image.facts,
      ...{ accelerated, tills, seed },
      // Emulated, a box shares two cores with whatever else runs here.
      loadAverage: round(loadavg()[2] ?? 0, 1),
    });
  if (given.json) process.stdout.write(`${JSON.stringify({ ...found, ...figures })}\n`);
  else {
    process.stdout.write(
      `boot to selling: ${figures.firstSaleSeconds} s with enrolment and pairing, ${figures.saleAfterPlugSeconds} s after the plug\n` +
        `${told} answers of 201, ${entries} entries, ${found.approvedMinor} approved, ${found.ledgerMinor} in the ledger\n` +
        `${wrongs.map((wrong) => `WRONG: ${wrong}\n`).join('')}${wrongs.length === 0 ? 'all is well\n' : ''}`,
    );
  }
  return wrongs.length === 0 ? 0 : 1;
}

function readOptions(args: readonly string[]): Given {
  return new Command('npm run test:system --')
    .description(
      'Boots an image against a central here, pulls cable and plug, and compares every 201 with the ledger.',
    )
    .addOption(
      new Option('--arch <name>', 'the processor').choices(debianArchitectures).makeOptionMandatory(),
    )
    .option('--image <folder>', 'what npm run image:build made (dist/image-ARCH)', (path) => resolve(path))
    .option('--tills <count>', 'how many are paired; each has three customers at a time', wholeNumber, 2)
    .option('--seed <number>', 'of what is sold', wholeNumber, 1)
    .option('--release', 'roll a release out to it, and one that cannot work (some minutes more)')
    .option('--record', 'keep the figures in bench/results')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  npm run image:build -- --arch arm64 && npm run test:system -- --arch arm64\n\nExit codes: 0 all is well, 1 it is not, 2 a tool, an argument or the image is\nmissing',
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('use a whole number above zero');
}
