// A file named on the command line.
import { readFileSync } from 'node:fs';
import { CommandError } from '../errors.ts';

/** @throws CommandError file_missing, file_malformed when it is not UTF-8 */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CommandError('file_missing', `${path} cannot be read`, 'Check the name and its permissions.', {
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommandError('file_malformed', `${path} is not UTF-8 text`, 'Save it as UTF-8.', {
      cause: error,
    });
  }
}
