// The files of the page: a built program has them inside; from the sources they are made when one is first asked for.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Asset, Assets } from '../../kit/serve-assets.ts';
import { hasShipped, readShippedText } from '../../kit/shipped.ts';

const built = join(import.meta.dirname, 'page.json');
const program = join(import.meta.dirname, 'main.ts');
const limits = { maxBuffer: 4 * 1024 * 1024, timeout: 60_000 };

/** @throws what the program complained of, such as a mistake in the page */
export async function loadPage(): Promise<Assets> {
  const text = hasShipped(built) ? readShippedText(built) : await makeFromSources();
  return new Map(JSON.parse(text) as [string, Asset][]);
}

async function makeFromSources(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program], limits);
  return stdout;
}
