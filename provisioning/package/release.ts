// A release as files in a folder: an executable and its bill of materials for each program and processor, their sums, and a
// signature over the sums.
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { writeBill } from './bill.ts';
import type { Architecture } from './compile.ts';
import { architectureOf } from './elf.ts';
import { PackageError } from './error.ts';
import { type Executable, makeExecutable } from './executable.ts';
import { provideNode } from './node-runtime.ts';
import { type Origin, originOf } from './origin.ts';
import type { ProgramParts } from './programs.ts';
import type { ReleaseOptions } from './release-options.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';
import { smoke } from './smoke.ts';
import { addToSums, sumOf } from './sums.ts';

export interface Release {
  release: string;
  commit: string;
  executables: Finished[];
  key: SigningKey['kind'];
  /** Everything that the sums name, of this run or an earlier one, and the files of the sums. */
  files: string[];
}

interface Finished {
  file: string;
  program: ProgramParts['name'];
  architecture: Architecture;
  bytes: number;
  sha256: string;
  bill: string;
  /** How long it took to be ready when it was tried; null when it was not, and for central. */
  readyMs: number | null;
}

/**
 * @param say what is being done, a line at a time
 * @throws PackageError; esbuild's BuildFailure; an Error with pkg's own words
 */
export async function makeRelease(options: ReleaseOptions, say: (line: string) => void): Promise<Release> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true });
  const key = openSigningKey(options.signingKey, folder);
  const origin = originOf(process.env);
  const executables: Finished[] = [];
  for (const architecture of options.architectures) {
    executables.push(...(await makeFor(architecture, options, origin, say)));
  }
  say('sums and signature');
  const made = executables.flatMap(({ file, bill }) => [file, bill]);
  const { named, own } = addToSums(folder, made, { key, commit: origin.commit });
  return {
    release: packageJson.version,
    commit: origin.commit,
    executables,
    key: key.kind,
    files: [...named, ...own],
  };
}

async function makeFor(
  architecture: Architecture,
  { folder, programs, smoke: tries }: ReleaseOptions,
  origin: Origin,
  say: (line: string) => void,
): Promise<Finished[]> {
  say(`Node for ${architecture}: known by its hash, stripped`);
  const nodeHome = join(folder, '.node');
  await provideNode(architecture, nodeHome);
  const made: Executable[] = [];
  for (const program of programs) {
    say(`${program.name} for ${architecture}`);
    const name = `${program.name}-linux-${architecture}`;
    const workFolder = join(folder, '.work', name);
    const paths = { file: join(folder, name), workFolder, nodeHome };
    made.push(await makeExecutable(program, { architecture, ...origin, ...paths }));
    rmSync(workFolder, { recursive: true });
  }
  for (const { file } of made) assertFor(architecture, file);
  if (tries) say(`a trial on ${architecture}: they say what they are, and sell a checkout`);
  const readyMs = tries ? await tryThem(architecture, made, origin) : null;
  return made.map((executable) => {
    const { file, program, bytes } = executable;
    const sha256 = sumOf(file);
    const bill = basename(writeBill(executable, sha256, origin));
    const ready = program === 'holdfast' ? readyMs : null;
    return { file: basename(file), program, architecture, bytes, sha256, bill, readyMs: ready };
  });
}

function assertFor(architecture: Architecture, file: string): void {
  const found = architectureOf(file);
  if (found === architecture) return;
  throw new PackageError(
    'executable_wrong',
    `${file} is for ${found ?? 'no processor we know'}`,
    'Remove the folder .node beside it, and start again.',
  );
}

/** @returns how long the appliance took to be ready */
async function tryThem(
  architecture: Architecture,
  made: readonly Executable[],
  { commit }: Origin,
): Promise<number> {
  const { versions, readyMs } = await smoke(
    architecture,
    Object.fromEntries(made.map(({ program, file }) => [program, file])),
  );
  for (const said of versions) {
    if (said.architecture === architecture && said.commit === commit) continue;
    throw new PackageError(
      'executable_wrong',
      `${said.program} says that it is ${said.commit} for ${said.architecture}`,
      'Run npm run package again.',
    );
  }
  return readyMs;
}
