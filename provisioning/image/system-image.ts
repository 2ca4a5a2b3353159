// An appliance as a disk: Debian with systemd, our package, a kernel and an initramfs, as files in a folder of their own.
// How the disk is divided: disk.ts; what is laid over Debian: files/; what is done inside: customize.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Architecture } from '../package/compile.ts';
import { makeDeb } from '../package/deb.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { debPackages } from '../package/deb-packages.ts';
import { originOf } from '../package/origin.ts';
import { imageLineFile, makeDisk } from './disk.ts';
import { ImageError } from './error.ts';
import { type ImageFacts, type ImageFiles, imageFiles, imageLine } from './image-files.ts';
import { makeInitramfs } from './initramfs.ts';
import { run, toolMissing } from './tool.ts';

export interface SystemImageOptions {
  architecture: Architecture;
  /** Where `npm run package` put the executable and its bill. */
  from: string;
  /** Where the image goes; what is there is replaced once the new one is whole. */
  out: string;
  /** Debian's packages, kept from one build to the next. */
  cache: string;
  dataMebibytes: number;
}

const suite = 'bookworm';

/** What an appliance wants beside what Debian calls required. */
const include = [
  'systemd-sysv',
  'systemd-resolved',
  'udev',
  'kmod',
  'e2fsprogs',
  'chrony',
  // For the report at the console: addresses, and who listens.
  'iproute2',
  // What our package wants, so that dpkg installs it alone.
  'libstdc++6',
  'init-system-helpers',
];

/** Virtual machines are what the image is tried in. */
const kernels: Record<Architecture, string> = {
  x64: 'linux-image-cloud-amd64',
  arm64: 'linux-image-cloud-arm64',
};

const notInstalled = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*', '/usr/share/doc/*'];
const installed = ['/usr/share/doc/*/copyright', '/usr/share/doc/holdfast/*'];

/**
 * @param say what is being done, a line at a time
 * @throws ImageError not_permitted, executable_missing, tool_missing, command_failed; PackageError
 */
export async function makeSystemImage(
  options: SystemImageOptions,
  say: (line: string) => void,
): Promise<ImageFacts> {
  const { architecture, out, cache, dataMebibytes } = options;
  assertPossible(options);
  // Fifteen thousand small files: wherever TMPDIR says, which may be memory.
  const work = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
  const made = `${out}.new`;
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  mkdirSync(cache, { recursive: true });
  try {
    const origin = originOf(process.env);
    say('our package');
    const deb = await packed(options, work, origin.madeAtMs);
    const root = join(work, 'root');
    say(`Debian ${suite} for ${debianArchitecture(architecture)}, our package in it`);
    await makeRoot(root, { architecture, cache, deb, work });
    const kernel = readFileSync(join(work, 'version'), 'utf8');
    const facts: ImageFacts = {
      architecture,
      release: packageJson.version,
      commit: origin.commit,
      kernel: `${suite} ${kernel}`,
    };
    finish(root, facts, origin.madeAtMs);
    say(`the initramfs of ${kernel}`);
    const at = imageFiles(made);
    copyFileSync(join(work, 'vmlinuz'), at.kernel);
    const busybox = join(work, 'busybox', 'bin', 'busybox');
    const modulesFolder = join(root, 'usr', 'lib', 'modules', kernel);
    await makeInitramfs({ busybox, modulesFolder, workFolder: work }, at.initramfs);
    say('the disk');
    const dataFolder = join(work, 'data');
    await makeDisk({ rootFolder: root, dataFolder, dataMebibytes, workFolder: work }, at.disk);
    writeFileSync(at.facts, `${JSON.stringify(facts, null, 2)}\n`);
    put(at, out);
    return facts;
  } finally {
    for (const folder of [work, made]) rmSync(folder, { recursive: true, force: true });
  }
}

function assertPossible({ architecture, from }: SystemImageOptions): void {
  if (process.getuid?.() !== 0) {
    const hint = 'Run it as root, or in a container where you are.';
    throw new ImageError('not_permitted', 'files of other accounts are made, which root alone can', hint);
  }
  const executable = join(from, `holdfast-linux-${architecture}`);
  const path = `${process.env.PATH}:/usr/bin`.split(':');
  if (!path.some((folder) => existsSync(join(folder, 'mmdebstrap')))) {
    throw toolMissing('mmdebstrap', 'mmdebstrap');
  }
  if (existsSync(executable) && existsSync(`${executable}.cdx.json`)) return;
  const hint = `First: npm run package -- --arch ${architecture}`;
  throw new ImageError('executable_missing', `${executable} or its bill is not there`, hint);
}

function packed(
  { architecture, from }: SystemImageOptions,
  folder: string,
  madeAtMs: number,
): Promise<string> {
  const deb = debPackages.find(({ name }) => name === 'holdfast');
  if (!deb) throw new Error('there is a package of the appliance');
  const executable = join(from, `holdfast-linux-${architecture}`);
  const version = `${packageJson.version}-1`;
  const bill = `${executable}.cdx.json`;
  return makeDeb(deb, { architecture, version, executable, bill, madeAtMs, compression: 'none', folder });
}

async function makeRoot(
  root: string,
  {
    architecture,
    cache,
    deb,
    work,
  }: { architecture: Architecture; cache: string; deb: string; work: string },
): Promise<void> {
  const archives = '/var/cache/apt/archives';
  await run(
    'unshare',
    [
      // What it mounts inside is seen by nobody else and is gone with it, however it ends: /dev and /sys are this machine's
      // own, and the folder is deleted afterwards.
      ...['--mount', '--propagation', 'private', 'mmdebstrap'],
      '--mode=root',
      '--variant=minbase',
      `--architectures=${debianArchitecture(architecture)}`,
      `--include=${include.join(',')}`,
      ...notInstalled.map((path) => `--dpkgopt=path-exclude=${path}`),
      ...installed.map((path) => `--dpkgopt=path-include=${path}`),
      // Packages come out of the cache, and go into it.
      // What is not whole is made anew: nothing of it need be safe from a plug.
      '--dpkgopt=force-unsafe-io',
      '--skip=essential/unlink',
      `--setup-hook=mkdir -p "$1${archives}"`,
      `--setup-hook=sync-in "${cache}" ${archives}`,
      // As soon as they are there: a build that is broken off has not downloaded for nothing.
      `--essential-hook=sync-out ${archives} "${cache}"`,
      `--customize-hook=sync-out ${archives} "${cache}"`,
      `--customize-hook=${join(import.meta.dirname, 'customize')}`,
      suite,
      root,
    ],
    {
      env: {
        HOLDFAST_CACHE: cache,
        HOLDFAST_KERNEL: kernels[architecture],
        HOLDFAST_DEB: deb,
        HOLDFAST_FILES: join(import.meta.dirname, 'files'),
        HOLDFAST_WORK: work,
      },
    },
  );
}

/** What mmdebstrap puts back as it leaves, and what says which image this is. */
function finish(root: string, facts: ImageFacts, madeAtMs: number): void {
  const place = (path: string, content: string) => writeFileSync(join(root, path), content);
  // Empty: systemd lays one over it at each boot, of the machine's own number where it has one. "uninitialized", as it is
  // here, would make each boot a first one.
  place('etc/machine-id', '');
  place('etc/hostname', readFileSync(join(import.meta.dirname, 'files', 'etc', 'hostname'), 'utf8'));
  rmSync(join(root, 'etc', 'resolv.conf'), { force: true });
  symlinkSync('../run/systemd/resolve/resolv.conf', join(root, 'etc', 'resolv.conf'));
  place(imageLineFile, `${imageLine(facts)}\n`);
  // No box believes in a time before this.
  place('usr/lib/clock-epoch', '');
  utimesSync(join(root, 'usr/lib/clock-epoch'), madeAtMs / 1000, madeAtMs / 1000);
}

/** The files of a whole image, one after the other to their place. */
function put(made: ImageFiles, out: string): void {
  mkdirSync(out, { recursive: true });
  const to = imageFiles(out);
  for (const name of ['kernel', 'initramfs', 'disk', 'facts'] as const) renameSync(made[name], to[name]);
}
