// Serves the pages of the appliance, the reference kiosk under /kiosk and the technician's at /: they need no token. What they ask
// of the appliance goes through the doors of kiosks and of technicians.
import type { Middleware } from 'koa';
import { serveAssets } from '../../kit/serve-assets.ts';
import { loadPages } from '../pages/load.ts';
import { isPages } from '../pages/sources.ts';
import { ProblemError } from './problems.ts';

export function servePages(): Middleware {
  return serveAssets({
    isOurs: isPages,
    load: loadPages,
    refuse(_, code) {
      throw new ProblemError(code);
    },
    send(context, { body }) {
      if (context.fresh) context.status = 304;
      else context.body = body;
    },
  });
}
