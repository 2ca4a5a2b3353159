// The page's files, made when they are first asked for: an appliance whose page nobody opens keeps nothing of it.
import { Worker } from 'node:worker_threads';
import type { Page } from './assets.ts';

/** @throws what the thread could not do, such as a file of the page that is missing */
export function loadPage(): Promise<Page> {
  return new Promise((resolve, reject) => {
    // Taking out types is what Node calls experimental, and says so on stderr; a log of JSON lines has no room for it.
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { stderr: true });
    let said = '';
    worker.stderr.on('data', (text) => {
      said += text;
    });
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the page's thread ended with ${code}: ${said}`)));
  });
}
