// GET /v1/events: the stream of whoever looks at the page, behind the same gate as every route.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Gate } from '../http/gate.ts';
import { ProblemError } from '../http/problems.ts';
import { type Viewers, viewerLimits } from './viewers.ts';

export const eventsPath = '/v1/events';

export function addEventStream(router: Router, gate: Gate, viewers: Viewers): void {
  router.get(eventsPath, async (context: Context) => {
    await gate(context, 'fleet.read');
    const { res: response } = context;
    const stillMay = async () => {
      await gate(context, 'fleet.read');
      return true;
    };
    if (viewers.count() >= viewerLimits.viewersMax) {
      throw new ProblemError('viewers_full', 'Close a page that nobody looks at, or try again.', 30);
    }
    context.respond = false;
    response.writeHead(200, {
      ...response.getHeaders(),
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // A proxy that gathers would hold back what is live.
      'X-Accel-Buffering': 'no',
    });
    viewers.add(response, context.get('last-event-id'), stillMay);
  });
}
