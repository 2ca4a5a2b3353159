// A file named on the command line.
import { readFileSync } from 'node:fs';
import { fileMissing, notUtf8 } from '../errors.ts';

/** @throws CommandError file_missing, file_malformed when it is not UTF-8 */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileMissing(path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw notUtf8(path, error);
  }
}
