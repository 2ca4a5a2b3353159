// What `holdfast journal export` prints: entries as they were written, as far as they can be read.
import { once } from 'node:events';
import { highestSeq, type openForReading, readThrough } from '../store/salvage/readable.ts';

export async function runExport(
  db: NonNullable<ReturnType<typeof openForReading>>,
  firstSeq: number,
  lastSeq: number | null,
): Promise<void> {
  const { stdout, stderr } = process;
  // Whoever reads may have enough, as `head` does.
  let reads = true;
  stdout.on('error', () => {
    reads = false;
  });
  for (const run of readThrough(
    db,
    firstSeq,
    Math.min(lastSeq ?? Number.POSITIVE_INFINITY, highestSeq(db)),
  )) {
    if (!reads) return;
    const lines: string[] = [];
    for (const found of run) {
      if (found.kind === 'entry') lines.push(lineOf(found.entry));
      else {
        stderr.write(`entry ${found.seq} is ${found.kind}\n`);
        process.exitCode = 1;
      }
    }
    if (lines.length > 0 && !stdout.write(lines.join('')))
      await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
  }
}

/** The body stands in it byte for byte, where it is JSON at all. */
function lineOf({ seq, hash, body }: { seq: number; hash: Buffer; body: Buffer }): string {
  const text = body.toString();
  const entry = isJson(text) ? text : JSON.stringify(text);
  return `{"seq":${seq},"hash":"${hash.toString('hex')}","entry":${entry}}\n`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
