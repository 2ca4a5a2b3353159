// The page's files, made when they are first asked for: an appliance whose page nobody opens keeps nothing of it, and one
// whose page was opened keeps the files alone. In a thread the 24 MB that taking out types needs would stay (0025).
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Asset, Page } from './assets.ts';

const program = join(import.meta.dirname, 'main.ts');
const pageBytesMax = 4 * 1024 * 1024;
const makeMsMax = 20_000;

/** @throws what the program complained of, such as a file of the page that is missing */
export function loadPage(): Promise<Page> {
  const limits = { maxBuffer: pageBytesMax, timeout: makeMsMax };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program], limits, (error, stdout) => {
      if (error) reject(error);
      else resolve(new Map(JSON.parse(stdout) as [string, Asset][]));
    });
  });
}
