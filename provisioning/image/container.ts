// Container images as files in a folder: the executable of each program and processor by Dockerfile.arm64 on a base of
// Debian's, tried, saved and named in the sums of the release.
import { execFile } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Architecture, repository } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { PackageError } from '../package/error.ts';
import { type Origin, originOf } from '../package/origin.ts';
import type { ProgramParts } from '../package/programs.ts';
import { makeRelease } from '../package/release.ts';
import { openSigningKey } from '../package/signing-key.ts';
import { addToSums, isVouchedFor, type Signer } from '../package/sums.ts';
import { provideBase } from './container-base.ts';
import { openStore, type Store } from './container-build.ts';
import type { ContainerOptions } from './container-options.ts';
import { mustEmulate } from './emulation.ts';
import { ImageError } from './error.ts';
import { run } from './tool.ts';

const runNode = promisify(execFile);
const trialMsMax = 600_000;

const Trial = z.object({ readyMs: z.number(), healthMs: z.number(), sold: z.literal(1) });
export type Trial = z.infer<typeof Trial>;

export interface Container {
  program: ProgramParts['name'];
  architecture: Architecture;
  /** The archive in OCI's form, and the one that `docker load` of any version and podman take, with the check of health. */
  files: { oci: string; docker: string };
  bytes: { oci: number; docker: number };
  trial: Trial | null;
}

/**
 * @param say what is being done, a line at a time
 * @throws ImageError, PackageError
 */
export async function makeContainers(
  options: ContainerOptions,
  say: (line: string) => void,
): Promise<Container[]> {
  const { folder } = options;
  if (process.getuid?.() !== 0) {
    throw new ImageError('not_permitted', 'only root can unpack and run images', 'Run it as root: sudo');
  }
  mkdirSync(folder, { recursive: true });
  const origin = originOf(process.env);
  const signer = { key: openSigningKey(options.signingKey, folder), commit: origin.commit };
  const made: Container[] = [];
  for (const architecture of options.architectures) {
    if (options.trial) mustEmulate(architecture);
    for (const program of options.programs) {
      await mustHaveExecutable(program, architecture, options, signer, say);
      made.push(await makeContainer(program.name, architecture, options, origin, say));
    }
  }
  const names = made.flatMap(({ files }) => Object.values(files));
  addToSums(folder, names, signer);
  return made;
}

/** Of this commit, as the sums say; else it is made. */
async function mustHaveExecutable(
  program: ProgramParts,
  architecture: Architecture,
  { folder, signingKey }: ContainerOptions,
  signer: Signer,
  say: (line: string) => void,
): Promise<void> {
  if (isVouchedFor(folder, `${program.name}-linux-${architecture}`, signer)) return;
  const only = { architectures: [architecture], programs: [program] };
  await makeRelease({ ...only, folder, signingKey, smoke: false, json: false }, say);
}

async function makeContainer(
  program: ProgramParts['name'],
  architecture: Architecture,
  { folder, suite, newBase, trial: tries }: ContainerOptions,
  { commit, madeAtMs }: Origin,
  say: (line: string) => void,
): Promise<Container> {
  const processor = debianArchitecture(architecture);
  const kept = join(folder, '.images');
  const own: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  say(`bases of ${suite} for ${processor}`);
  const common = { suite, folder: kept, anew: newBase, madeAtMs };
  const base = await provideBase('base', { ...common, architecture });
  const tools = await provideBase('tools', { ...common, architecture: own });
  const store = openStore(join(kept, 'store'));
  try {
    say(`${program} for ${processor}, by the recipe`);
    const bases = { base, tools };
    const image = await store.build({
      ...{ program, architecture, bases, commit, madeAtMs },
      releaseFolder: folder,
    });
    const files = { oci: `${program}-${processor}.oci.tar`, docker: `${program}-${processor}.docker.tar` };
    await store.save(image, 'oci', join(folder, files.oci), madeAtMs);
    await store.save(image, 'docker', join(folder, files.docker), madeAtMs);
    if (tries) say(`a trial of ${program} on ${processor}: not as root, on files that cannot be written`);
    const trial = tries ? await tryIt(program, join(folder, files.docker), store, kept) : null;
    const bytes = { oci: sizeOf(folder, files.oci), docker: sizeOf(folder, files.docker) };
    return { program, architecture, files, bytes, trial };
  } finally {
    await store.remove();
  }
}

/** What is shipped is tried, unpacked anew: not what the store happens to hold. */
async function tryIt(program: string, archive: string, store: Store, folder: string): Promise<Trial> {
  const rootfs = await store.unpack(archive);
  const manifest = z.tuple([z.object({ Config: z.string() })]);
  const [{ Config }] = manifest.parse(JSON.parse(await run('tar', ['-xOf', archive, 'manifest.json'])));
  const inside = z.object({ config: z.unknown() });
  const { config } = inside.parse(JSON.parse(await run('tar', ['-xOf', archive, Config])));
  const image = join(folder, 'image.json');
  writeFileSync(image, JSON.stringify(config));
  await run('runc', ['--version']);
  const args = ['--program', program, '--rootfs', rootfs, '--image', image];
  const main = join(repository, 'trial', 'container', 'main.ts');
  try {
    const { stdout } = await runNode(process.execPath, [main, ...args], { timeout: trialMsMax });
    return Trial.parse(JSON.parse(stdout));
  } catch (error) {
    const said = (error as { stderr?: string }).stderr || String(error);
    const hint = 'The lines above say what it did not do.';
    throw new PackageError('image_wrong', `${basename(archive)} does not run: ${said.trim()}`, hint, error);
  }
}

function sizeOf(folder: string, file: string): number {
  return statSync(join(folder, file)).size;
}
