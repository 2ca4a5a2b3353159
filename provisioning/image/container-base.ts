// The two bases of an image, made of Debian's packages by mmdebstrap: unpacked, not installed, so that nothing of another
// processor runs.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Architecture } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { run } from './tool.ts';

export type BaseKind = 'base' | 'tools';

const packages: Record<BaseKind, readonly string[]> = {
  // What deb-control.ts demands of libraries, and what says which Debian this is.
  base: ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6'],
  // What lays the files out.
  tools: ['dash', 'coreutils'],
};

export interface BaseOptions {
  architecture: Architecture;
  suite: string;
  /** Where bases are kept. */
  folder: string;
  /** Not from what is kept. */
  anew: boolean;
  madeAtMs: number;
}

/** @returns a tar of it */
export async function provideBase(
  kind: BaseKind,
  { architecture, suite, folder, anew, madeAtMs }: BaseOptions,
): Promise<string> {
  const processor = debianArchitecture(architecture);
  const file = join(folder, `${kind}-${suite}-${processor}.tar`);
  if (existsSync(file) && !anew) return file;
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.fresh.tar`;
  const pared = kind === 'base' ? [`--extract-hook=${join(import.meta.dirname, 'pare-base.sh')}`] : [];
  const args = [
    '--quiet',
    '--skip=output/dev',
    '--variant=extract',
    `--architectures=${processor}`,
    ...pared,
  ];
  await run('mmdebstrap', [...args, `--include=${packages[kind].join(',')}`, suite, fresh], {
    env: { SOURCE_DATE_EPOCH: String(Math.floor(madeAtMs / 1000)) },
  });
  renameSync(fresh, file);
  return file;
}
