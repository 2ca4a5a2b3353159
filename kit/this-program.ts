// How this program is started anew, with other arguments: by Node with its flags and a file, or as the executable it is.
import { isSea } from 'node:sea';

/** The words that stand before the arguments. */
export function thisProgram(): { command: string; args: string[] } {
  // An executable brings its flags with it, and names itself in place of a file.
  if (isSea()) return { command: process.execPath, args: [] };
  return { command: process.execPath, args: [...process.execArgv, ...process.argv.slice(1, 2)] };
}
