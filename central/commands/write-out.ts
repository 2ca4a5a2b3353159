// Long answers, written as they are made: to a file that is whole or not there, or to stdout at the reader's pace.
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../errors.ts';

const chunkCharsMax = 64 * 1024;

/**
 * @param out a file's name; null: stdout
 * @throws CommandError file_refused
 */
export async function writeOut(parts: Iterable<string>, out: string | null): Promise<void> {
  if (out === null) {
    await pipeline(Readable.from(joined(parts)), process.stdout, { end: false }).catch((error) => {
      // A reader such as `head` that has enough is no failure.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    });
    return;
  }
  const unfinished = `${out}.part`;
  try {
    await pipeline(Readable.from(joined(parts)), createWriteStream(unfinished, { flush: true }));
    await rename(unfinished, out);
  } catch (error) {
    await rm(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const words = `${out} cannot be written: ${(error as Error).message}`;
    throw new CommandError('file_refused', words, 'Check the folder, its permissions and its space.', {
      cause: error,
    });
  }
}

/** Small parts in fewer writes. */
function* joined(parts: Iterable<string>): Generator<string> {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < chunkCharsMax) continue;
    yield text;
    text = '';
  }
  yield text;
}
