// Whether this machine runs programs of another processor as its own, which the kernel does by an emulator that is
// registered with it (https://docs.kernel.org/admin-guide/binfmt-misc.html).
import { existsSync } from 'node:fs';
import type { Architecture } from '../package/compile.ts';
import { PackageError } from '../package/error.ts';

const emulators: Record<Architecture, string> = { x64: 'qemu-x86_64', arm64: 'qemu-aarch64' };
const registered = '/proc/sys/fs/binfmt_misc';

/** @throws PackageError tool_missing */
export function mustEmulate(architecture: Architecture): void {
  const emulator = emulators[architecture];
  if (architecture === process.arch || existsSync(`${registered}/${emulator}`)) return;
  throw new PackageError(
    'tool_missing',
    `this machine does not run programs for ${architecture}`,
    `On Debian: apt-get install qemu-user-static binfmt-support; where ${registered} is empty: mount -t binfmt_misc none ${registered} && update-binfmts --enable ${emulator}`,
  );
}
