// A file that a program of ours prints, such as one that needs the sources for it.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './compile.ts';

const printedBytesMax = 16 * 1024 * 1024;
const run = promisify(execFile);

export async function print(program: string, to: string): Promise<void> {
  const { stdout } = await run(process.execPath, [join(repository, program)], { maxBuffer: printedBytesMax });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, stdout);
}
