// npm run test:deb: the packages of dist/ in a Debian of their own: installed, upgraded and downgraded with a backlog (I16),
// removed, and purged, which is refused while the box alone has entries. Says each thing it tried, and what came of it.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { mustEmulate } from '../../provisioning/image/emulation.ts';
import type { Architecture } from '../../provisioning/package/compile.ts';
import { debianArchitecture } from '../../provisioning/package/deb-control.ts';
import { boxIn } from './box.ts';
import { makePackages } from './packages.ts';
import { onFullDisk, openRoot } from './root.ts';
import { tryCentral, tryHoldfast } from './try.ts';

const { folder, suite, arch, entries } = new Command('npm run test:deb --')
  .description('Installs, upgrades, downgrades and purges the Debian packages in a root filesystem; as root.')
  .option('--folder <folder>', 'where npm run package put the executables', 'dist')
  .option('--suite <name>', 'of Debian', 'bookworm')
  .addOption(new Option('--arch <name>', 'for which processor').choices(['x64', 'arm64']).default('x64'))
  .option('--entries <count>', 'in the journal; fewer where they are read under emulation', countOf, 50_000)
  .addHelpText(
    'after',
    '\nExample:\n  npm run package -- --arch x64 && npm run test:deb\n  npm run package -- --arch arm64 && npm run test:deb -- --arch arm64 --entries 5000\n\nExit codes: 0 all is well, 1 it is not',
  )
  .parse()
  .opts<{ folder: string; suite: string; arch: Architecture; entries: number }>();

const work = mkdtempSync(join(tmpdir(), 'holdfast-deb-'));
let wrongs = 0;
const check = (what: string, right: boolean, seen = ''): void => {
  process.stdout.write(`${right ? 'ok   ' : 'WRONG'}  ${what}\n`);
  if (right) return;
  wrongs += 1;
  process.stdout.write(`${seen.trim().replaceAll(/^/gm, '         ')}\n`);
};

try {
  mustEmulate(arch);
  const packages = await makePackages(resolve(folder), work, arch);
  const processor = debianArchitecture(arch);
  const base = resolve(folder, `debian-${suite}-${processor}.tar`);
  const root = openRoot(join(work, 'root'), { base, suite, processor });
  mkdirSync(join(root.folder, 'packages'));
  for (const file of Object.values(packages)) {
    copyFileSync(file, join(root.folder, 'packages', basename(file)));
  }
  const box = boxIn(root);
  // A program is 100 MB and more.
  const full = onFullDisk(root, join(work, 'full'), 48);
  tryHoldfast(box, { box: boxIn(full), makeRoom: full.makeRoom }, packages, entries, check);
  tryCentral(box, packages, check);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(wrongs === 0 ? 'all is well\n' : `${wrongs} wrong\n`);
process.exitCode = wrongs === 0 ? 0 : 1;

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1 to 999999');
}
