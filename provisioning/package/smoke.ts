// Whether executables run: the trial of trial/smoke/, on this processor or under an emulator of theirs.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Architecture, repository } from './compile.ts';
import { PackageError } from './error.ts';
import type { ProgramParts } from './programs.ts';

const run = promisify(execFile);
const trialMsMax = 300_000;

interface Emulator {
  program: string;
  /** The C and C++ libraries of the processor, as Debian's cross packages put them. */
  libraries: string;
  debian: string;
}

const emulators: Record<Architecture, Emulator> = {
  x64: {
    program: 'qemu-x86_64-static',
    libraries: '/usr/x86_64-linux-gnu',
    debian: 'qemu-user-static libstdc++6-amd64-cross',
  },
  arm64: {
    program: 'qemu-aarch64-static',
    libraries: '/usr/aarch64-linux-gnu',
    debian: 'qemu-user-static libstdc++6-arm64-cross',
  },
};

const Smoke = z.object({
  versions: z.array(z.object({ program: z.string(), commit: z.string(), architecture: z.string() })),
  sold: z.literal(1),
  readyMs: z.number(),
});
export type Smoke = z.infer<typeof Smoke>;

/**
 * Has the executables say what they are and sell a checkout together; one that is not given runs from its sources.
 * @throws PackageError tool_missing without the emulator; executable_wrong with what went wrong
 */
export async function smoke(
  architecture: Architecture,
  files: Partial<Record<ProgramParts['name'], string>>,
): Promise<Smoke> {
  const trial = join(repository, 'trial', 'smoke', 'main.ts');
  const args = [trial];
  if (files.holdfast !== undefined) args.push('--appliance', files.holdfast);
  if (files['holdfast-central'] !== undefined) args.push('--central', files['holdfast-central']);
  const env = { ...process.env };
  if (architecture !== process.arch) {
    const emulator = emulators[architecture];
    await findEmulator(emulator);
    args.push('--emulator', emulator.program);
    env.QEMU_LD_PREFIX = emulator.libraries;
  }
  try {
    const { stdout } = await run(process.execPath, args, { timeout: trialMsMax, env });
    return Smoke.parse(JSON.parse(stdout));
  } catch (error) {
    const said = (error as { stderr?: string }).stderr || String(error);
    throw new PackageError(
      'executable_wrong',
      `the executables for ${architecture} do not run: ${said.trim()}`,
      'The lines above say what they did not do.',
      error,
    );
  }
}

async function findEmulator({ program, libraries, debian }: Emulator): Promise<void> {
  const found = existsSync(libraries) && (await run(program, ['--version']).catch(() => null));
  if (found) return;
  throw new PackageError(
    'tool_missing',
    `${program} or ${libraries} is not there, and executables for another processor are tried with them`,
    `On Debian: apt-get install ${debian}. Or leave the trial out: --no-smoke`,
  );
}
