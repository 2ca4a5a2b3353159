// One Debian package from one executable: a folder as it is to lie on the disk, packed by dpkg-deb. The same executable and
// the same time give the same bytes.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Architecture } from './compile.ts';
import { controlFile, debianArchitecture, debianChangelog } from './deb-control.ts';
import { type DebPackage, debianFolder, scripts } from './deb-packages.ts';
import { PackageError } from './error.ts';

const run = promisify(execFile);

export interface DebOptions {
  architecture: Architecture;
  /** As Debian compares them: upstream, a hyphen, and the revision of the package. */
  version: string;
  executable: string;
  /** CycloneDX, as `npm run package` puts it beside the executable. */
  bill: string;
  madeAtMs: number;
  /** "none" for a package that is installed at once: xz takes half a minute. */
  compression: 'xz' | 'none';
  /** Where the package goes. */
  folder: string;
}

/**
 * @returns the package's file
 * @throws PackageError tool_missing; an Error with dpkg-deb's own words
 */
export async function makeDeb(deb: DebPackage, options: DebOptions): Promise<string> {
  const { architecture, version, madeAtMs, compression, folder } = options;
  const name = `${deb.name}_${version}_${debianArchitecture(architecture)}`;
  const tree = join(folder, '.work', name);
  rmSync(tree, { recursive: true, force: true });
  lay(deb, options, tree);
  settle(tree, madeAtMs / 1000);
  const file = join(folder, `${name}.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(Math.floor(madeAtMs / 1000)) };
  await withDpkg(run('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, file], { env }));
  rmSync(tree, { recursive: true });
  return file;
}

function lay(
  deb: DebPackage,
  { architecture, version, executable, bill, madeAtMs }: DebOptions,
  tree: string,
): void {
  const write = (to: string, content: Buffer | string, mode: number) => {
    const path = join(tree, to);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  for (const { to, from, mode, gzip } of deb.files) {
    const content = readFileSync(from);
    write(to, gzip ? gzipSync(content, { level: 9 }) : content, mode);
  }
  const documents = `usr/share/doc/${deb.name}`;
  const changelog = debianChangelog(deb.name, version, madeAtMs);
  write(`${documents}/changelog.Debian.gz`, gzipSync(changelog, { level: 9 }), 0o644);
  write(`${documents}/bill.cdx.json.gz`, gzipSync(readFileSync(bill), { level: 9 }), 0o644);
  write(`usr/bin/${deb.name}`, '', 0o755);
  copyFileSync(executable, join(tree, 'usr/bin', deb.name));
  chmodSync(join(tree, 'usr/bin', deb.name), 0o755);
  for (const script of scripts)
    write(`DEBIAN/${script}`, readFileSync(join(debianFolder, deb.name, script)), 0o755);
  if (deb.conffiles.length > 0)
    write('DEBIAN/conffiles', deb.conffiles.map((path) => `${path}\n`).join(''), 0o644);
  const kibibytes = Math.ceil(bytesUnder(tree) / 1024);
  write('DEBIAN/control', controlFile(deb, { architecture, version, kibibytes }), 0o644);
}

/** Modes of folders and times of everything, which else would be those of the moment and of who packs. */
function settle(tree: string, seconds: number): void {
  for (const name of ['.', ...readdirSync(tree, { recursive: true, encoding: 'utf8' })]) {
    const path = join(tree, name);
    if (statSync(path).isDirectory()) chmodSync(path, 0o755);
    lutimesSync(path, seconds, seconds);
  }
}

function bytesUnder(tree: string): number {
  const sizes = readdirSync(tree, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(tree, name)),
  );
  return sizes.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

async function withDpkg(running: Promise<unknown>): Promise<void> {
  try {
    await running;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const hint = 'On Debian: apt-get install dpkg';
    throw new PackageError('tool_missing', 'dpkg-deb is not there', hint, error);
  }
}
