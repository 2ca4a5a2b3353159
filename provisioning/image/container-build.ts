// One image by Dockerfile.arm64 and buildah, in a store of its own, and what is shipped of it: archives that engines load.
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { type Architecture, addonOf, repository } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import type { ProgramParts } from '../package/programs.ts';
import type { BaseKind } from './container-base.ts';
import { settleArchive } from './settle-archive.ts';
import { run } from './tool.ts';

export const recipe = 'Dockerfile.arm64';

export interface BuildOptions {
  program: ProgramParts['name'];
  architecture: Architecture;
  /** Tars, by what they are. */
  bases: Readonly<Record<BaseKind, string>>;
  /** Holds the executable and the sums that name it. */
  releaseFolder: string;
  commit: string;
  madeAtMs: number;
}

export interface Store {
  build(options: BuildOptions): Promise<string>;
  /** Writes an archive of the image. Engines take both; the check of health is in Docker's own only. */
  save(image: string, form: 'oci' | 'docker', file: string, madeAtMs: number): Promise<void>;
  /** Unpacks an archive. @returns the folder with its files */
  unpack(archive: string): Promise<string>;
  remove(): Promise<void>;
}

/** @param folder for the store, and for nothing else */
export function openStore(folder: string): Store {
  rmSync(folder, { recursive: true, force: true });
  const places = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run')];
  // why vfs: it needs nothing of the kernel, and works on every file system.
  const buildah = (...args: string[]) => run('buildah', ['--storage-driver', 'vfs', ...places, ...args]);

  async function importBase(name: string, architecture: Architecture, tar: string, seconds: string) {
    const processor = debianArchitecture(architecture);
    const container = (await buildah('from', '--arch', processor, 'scratch')).trim();
    await buildah('add', container, tar, '/');
    await buildah('commit', '--quiet', '--rm', '--timestamp', seconds, container, name);
    return name;
  }

  return {
    async build({ program, architecture, bases, releaseFolder, commit, madeAtMs }) {
      const processor = debianArchitecture(architecture);
      const own = process.arch === 'arm64' ? 'arm64' : 'x64';
      const seconds = secondsOf(madeAtMs);
      const context = join(folder, 'context');
      layContext(context, { program, architecture, releaseFolder });
      const base = await importBase(`localhost/base:${processor}`, architecture, bases.base, seconds);
      const tools = await importBase('localhost/tools:own', own, bases.tools, seconds);
      const args = {
        BASE: base,
        TOOLS: tools,
        PLATFORM: `linux/${processor}`,
        ARCH: architecture,
        PROGRAM: program,
        RELEASE: packageJson.version,
        COMMIT: commit,
      };
      const image = `localhost/${program}:${packageJson.version}`;
      await buildah(
        'build',
        '--quiet',
        '--isolation=chroot',
        '--format=docker',
        '--pull-never',
        '--identity-label=false',
        ...['--timestamp', seconds, '--target', program, '--tag', image],
        ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
        ...['--file', join(repository, recipe), context],
      );
      return image;
    },
    async save(image, form, file, madeAtMs) {
      rmSync(file, { force: true });
      await buildah('push', '--quiet', image, `${form}-archive:${file}:${image}`);
      await settleArchive(file, form, secondsOf(madeAtMs));
    },
    async unpack(archive) {
      const container = (await buildah('from', '--pull-never', `docker-archive:${archive}`)).trim();
      return (await buildah('mount', container)).trim();
    },
    async remove() {
      await buildah('umount', '--all');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function secondsOf(ms: number): string {
  return String(Math.floor(ms / 1000));
}

interface Parts extends Pick<BuildOptions, 'program' | 'architecture' | 'releaseFolder'> {}

/** Of the checkout what the recipe copies, and the release from wherever it is. */
export function layContext(context: string, { program, architecture, releaseFolder }: Parts): void {
  rmSync(context, { recursive: true, force: true });
  for (const name of [`${program}-linux-${architecture}`, 'SHA256SUMS']) {
    copyInto(context, `dist/${name}`, join(releaseFolder, name));
  }
  const addon = addonOf(architecture);
  copyInto(context, addon, join(repository, addon));
  const debian = `provisioning/package/debian/${program}`;
  cpSync(join(repository, debian), join(context, debian), { recursive: true });
}

function copyInto(context: string, path: string, from: string): void {
  mkdirSync(dirname(join(context, path)), { recursive: true });
  copyFileSync(from, join(context, path));
}
