// The system’s programs that images are made with, each with the Debian package that has it.
import { spawn } from 'node:child_process';
import { ImageError } from './error.ts';

const packages = {
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  sfdisk: 'fdisk',
  fallocate: 'util-linux',
  unshare: 'util-linux',
  cpio: 'cpio',
  dd: 'coreutils',
  cp: 'coreutils',
  tar: 'tar',
  mmdebstrap: 'mmdebstrap',
  buildah: 'buildah',
  runc: 'runc',
} as const;
export type Tool = keyof typeof packages;

const linesKept = 15;

/**
 * Runs it to its end. @param options.input what it reads @returns what it printed
 * @throws ImageError tool_missing; command_failed with its last lines
 */
export async function run(
  tool: Tool,
  args: readonly string[],
  {
    input = '',
    cwd,
    env = {},
  }: { input?: string | Uint8Array; cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  // Where an account that is not root does not look.
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const child = spawn(tool, args, { cwd, env: { ...process.env, ...env, PATH: path } });
  let stdout = '';
  let said = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    said = `${said}${data}`.split('\n').slice(-linesKept).join('\n');
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      reject(missing ? toolMissing(tool, packages[tool], error) : error);
    });
    child.once('close', resolve);
  });
  if (code === 0) return stdout;
  throw new ImageError(
    'command_failed',
    `${tool} ended with ${code ?? 'a signal'}:\n${said.trim()}`,
    'The lines above say what it did not like.',
  );
}

export function toolMissing(tool: string, debianPackage: string, cause?: unknown): ImageError {
  const hint = `On Debian: apt-get install --no-install-recommends ${debianPackage}`;
  return new ImageError('tool_missing', `${tool} is not there`, hint, cause);
}
