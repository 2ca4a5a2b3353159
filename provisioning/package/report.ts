// How the commands of this room end: what went wrong, on stderr, and an exit code for it.
import { CommanderError } from 'commander';
import { PackageError } from './error.ts';

/** @returns 1 it failed, 2 a tool or an argument is missing; 0 for --help */
export function report(error: unknown): number {
  // It has said so itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof PackageError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${error.code}: ${error.message}\n${error.hint}\n`);
  switch (error.code) {
    case 'tool_missing':
    case 'executable_missing':
    case 'key_unusable':
      return 2;
    case 'node_differs':
    case 'executable_wrong':
    case 'image_wrong':
      return 1;
  }
}
