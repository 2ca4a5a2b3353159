// What went wrong with an image, on stderr, and the exit code for it.
import { CommanderError } from 'commander';
import { PackageError } from '../package/error.ts';
import { ImageError } from './error.ts';

/** What is to be done about it is done elsewhere: the thing itself failed. */
const failed = new Set(['command_failed', 'executable_wrong', 'image_wrong', 'node_differs']);

/** @returns 1 it failed, 2 a tool, an argument or something to begin with is missing; 0 for --help */
export function report(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof ImageError || error instanceof PackageError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${error.code}: ${error.message}\n${error.hint}\n`);
  return failed.has(error.code) ? 1 : 2;
}
