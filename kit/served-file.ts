// A description that a program serves as it was written when its release was made. The file is read for each reader, so
// that the program keeps nothing of it in memory.
import { hash } from 'node:crypto';
import type { Context } from 'koa';
import { readShipped } from './shipped.ts';

/** Asked again after this time, and then mostly answered with 304: a release may have changed it. */
const freshSecondsMax = 300;

export function serveJsonFile(context: Context, path: string): void {
  const bytes = readShipped(path);
  context.type = 'application/json';
  context.status = 200;
  context.set('Cache-Control', `public, max-age=${freshSecondsMax}`);
  context.etag = hash('sha256', bytes).slice(0, 32);
  if (context.fresh) context.status = 304;
  else context.body = bytes;
}
