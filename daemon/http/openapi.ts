// GET /openapi.json: the description of this interface.
import { join } from 'node:path';
import type Router from '@koa/router';
import { serveJsonFile } from '../../kit/served-file.ts';

export const openApiFile = join(import.meta.dirname, '..', '..', 'docs', 'openapi-appliance.json');

export function addOpenApiRoute(router: Router): void {
  router.get('/openapi.json', (ctx) => serveJsonFile(ctx, openApiFile));
}
