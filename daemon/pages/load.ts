// The files of all pages, read or made when one is first asked for: an appliance whose pages nobody opens keeps nothing of
// them, and one of which a page was opened keeps the files alone. A built program has them beside it. From the sources they are made
// by a program of its own: in a thread the 24 MB that taking out types needs would stay (docs/decisions/0025).
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Asset, Assets } from '../../kit/serve-assets.ts';
import { hasShipped, readShippedText } from '../../kit/shipped.ts';

const built = join(import.meta.dirname, 'pages.json');
const program = join(import.meta.dirname, 'main.ts');
const limits = { maxBuffer: 4 * 1024 * 1024, timeout: 20_000 };

/** @throws what the program complained of, such as a file of the page that is missing */
export async function loadPages(): Promise<Assets> {
  const text = hasShipped(built) ? readShippedText(built) : await makeFromSources();
  return new Map(JSON.parse(text) as [string, Asset][]);
}

async function makeFromSources(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program], limits);
  return stdout;
}
