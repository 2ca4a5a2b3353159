// What went wrong with an image, on stderr, and the exit code for it.
import { CommanderError } from 'commander';
import { PackageError } from '../package/error.ts';
import { ImageError } from './error.ts';

export function report(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof ImageError || error instanceof PackageError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${error.code}: ${error.message}\n${error.hint}\n`);
  return error.code === 'command_failed' || error.code === 'executable_wrong' ? 1 : 2;
}
