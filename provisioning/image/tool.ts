// Programs of the system that images are made with.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PackageError } from '../package/error.ts';

const run = promisify(execFile);
const toolMsMax = 600_000;
const saidBytesMax = 16 * 1024 * 1024;

/** @returns what it printed; @throws PackageError tool_missing, tool_failed with its own last words */
export async function tool(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const env = { ...process.env, ...environment };
    const { stdout } = await run(program, args, { env, timeout: toolMsMax, maxBuffer: saidBytesMax });
    return stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      const hint = `On Debian: apt-get install ${program}`;
      throw new PackageError('tool_missing', `${program} is not there`, hint, error);
    }
    const said = stderr.trim().split('\n').slice(-5).join('\n') || String(error);
    throw new PackageError('tool_failed', `${program}: ${said}`, 'The lines above are its own.', error);
  }
}
