// GET /openapi.json: the description of this interface, as it was written when this release was made. It is read from its
// file for each reader, so that the appliance keeps nothing of it in memory.
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Router from '@koa/router';

export const openApiFile = join(import.meta.dirname, '..', '..', 'docs', 'openapi-appliance.json');

/** Asked again after this time, and then mostly answered with 304: a release may have changed it. */
const freshSecondsMax = 300;

export function addOpenApiRoute(router: Router): void {
  router.get('/openapi.json', async (ctx) => {
    const bytes = await readFile(openApiFile);
    ctx.type = 'application/json';
    ctx.status = 200;
    ctx.set('Cache-Control', `public, max-age=${freshSecondsMax}`);
    ctx.etag = hash('sha256', bytes).slice(0, 32);
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = bytes;
  });
}
