// One program as one executable: Node, stripped, with the program's threads and files in a section of their own. Made by
// @yao-pkg/pkg in a process of its own (seal.ts), from inputs that do not depend on where or when they are made.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import { nodeFlags } from '../../kit/node-flags.ts';
import { type Architecture, addonOf, compile, compiledName, repository } from './compile.ts';
import { print } from './print.ts';
import type { ProgramParts } from './programs.ts';

const level = constants.ZSTD_c_compressionLevel;
const run = promisify(execFile);

export interface Executable {
  program: ProgramParts['name'];
  architecture: Architecture;
  file: string;
  bytes: number;
  /** The files whose code is inside, by their path in the repository. */
  sources: string[];
}

export interface ExecutableOptions {
  architecture: Architecture;
  commit: string;
  /** When that was committed. */
  madeAtMs: number;
  /** What comes before the program's name in the folder of finished files. */
  file: string;
  /** For what is made on the way. */
  workFolder: string;
  /** The home of a pkg that finds its Node there, by node-runtime.ts. */
  nodeHome: string;
}

/** @throws esbuild's BuildFailure; an Error with pkg's own words */
export async function makeExecutable(
  { name, entries, files, printed = [] }: ProgramParts,
  { architecture, commit, madeAtMs, file, workFolder, nodeHome }: ExecutableOptions,
): Promise<Executable> {
  rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  const form = { kind: 'executable', architecture, commit, madeAtMs } as const;
  const sources = new Set<string>();
  for (const entry of entries) {
    for (const source of await compile(entry, join(workFolder, compiledName(entry)), form))
      sources.add(source);
  }
  for (const { program, file } of printed) await print(program, join(workFolder, file));

  const made = [...entries.slice(1).map(compiledName), ...printed.map((one) => one.file)];
  const assets = [
    ...made.map((path) => ({ path, from: workFolder })),
    ...[...files.flatMap(filesUnder), addonOf(architecture)].map((path) => ({ path, from: repository })),
  ];
  assets.sort((one, other) => (one.path < other.path ? -1 : 1));
  const seaConfig = {
    // By the place beside it that seal.ts works in, so that the folder's own path is in no executable.
    main: join('..', compiledName(entries[0] ?? '')),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // It would hold for the machine that made it only.
    useCodeCache: false,
    execArgv: nodeFlags,
    // A box runs as it was tried: what stands in NODE_OPTIONS could load other code.
    execArgvExtension: 'none',
    assets: Object.fromEntries(assets.map(({ path, from }) => [path, compressed(path, from, workFolder)])),
  };
  const order = join(workFolder, 'seal.json');
  const sealed = join(workFolder, name);
  writeFileSync(
    order,
    JSON.stringify({
      entry: join(workFolder, compiledName(entries[0] ?? '')),
      target: {
        platform: 'linux',
        arch: architecture,
        nodeRange: `node${process.versions.node}`,
        output: sealed,
      },
      seaConfig,
    }),
  );
  await run(process.execPath, [join(import.meta.dirname, 'seal.ts'), order], {
    env: { ...process.env, HOME: nodeHome, TMPDIR: workFolder },
  });
  // What pkg writes at once lies in the page cache in large pieces, each of which counts as resident as a whole.
  copyFileSync(sealed, file);
  return { program: name, architecture, file, bytes: statSync(file).size, sources: [...sources].sort() };
}

/** @returns the compressed copy that goes in; kit/shipped.ts takes it out */
function compressed(path: string, from: string, workFolder: string): string {
  const to = join(workFolder, 'inside', `${path}.zst`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, zstdCompressSync(readFileSync(join(from, path)), { params: { [level]: 19 } }));
  return to;
}

/** The files of a folder but for tests, or the file itself; in an order that is the same everywhere. */
function filesUnder(path: string): string[] {
  if (statSync(join(repository, path)).isFile()) return [path];
  return readdirSync(join(repository, path), { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => !file.endsWith('.test.ts') && statSync(join(repository, file)).isFile())
    .sort();
}
