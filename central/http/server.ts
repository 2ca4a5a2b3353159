// The operator's HTTP server: headers, the routes of every room behind the gate, and what needs no key.
import { createServer } from 'node:http';
import { join } from 'node:path';
import Koa, { type Context } from 'koa';
import { apiHeaders } from '../../kit/api-headers.ts';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { prometheusType } from '../../kit/prometheus.ts';
import { serveJsonFile } from '../../kit/served-file.ts';
import type { ProcessorView } from '../charging/loop.ts';
import { addEventStream } from '../dashboard/event-stream.ts';
import { createLiveFleet } from '../dashboard/live-fleet.ts';
import { servePage } from '../dashboard/serve-page.ts';
import { createViewers } from '../dashboard/viewers.ts';
import type { FleetParts } from '../fleet/routes.ts';
import type { IgnoredFrames } from '../intake/intake.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { PayoutsConfig } from '../payouts/config.ts';
import { PeopleConfig } from '../people/people-config.ts';
import type { ReviewRules } from '../people/reviews.ts';
import { logFailure } from './failures.ts';
import { createGate } from './gate.ts';
import { mountRoutes } from './mount.ts';
import { answerProblem, ProblemError } from './problems.ts';
import { allRoutes, type EnrolmentParts } from './routes.ts';

export interface HttpServer {
  port: number;
  /** Central itself changed something: whoever looks at it reads it again. @param what as if a route of that id had */
  tell(what: string): void;
  close(): Promise<void>;
}

export const openApiFile = join(import.meta.dirname, '..', '..', 'docs', 'openapi-central.json');

/** What an operator's request may take. */
const requestMsMax = 30_000;

export async function openHttpServer(parts: {
  host: string;
  /** 0 for any. */
  port: number;
  /** Reverse proxies of our own. */
  trustedProxies: readonly string[];
  store: LedgerPort;
  ignoredFrames(): IgnoredFrames[];
  fleet: FleetParts;
  /** What /metrics answers; without it there is none. */
  metrics?: () => string;
  processors(): ProcessorView[];
  reviews: ReviewRules;
  payouts: PayoutsConfig;
  enrolment: EnrolmentParts;
  onRollout?: () => void;
  /** How persons sign in; as without a configuration unless said. */
  people?: PeopleConfig;
  nowMs(): number;
  log: Log;
}): Promise<HttpServer> {
  const { store, log } = parts;
  const app = new Koa();
  app.on('error', (error: Error) => logFailure(log, error));
  app.use(apiHeaders());
  app.use((context, next) => {
    // No browser keeps what somebody was answered for whoever sits there next; the page's own files say otherwise.
    context.set('Cache-Control', 'no-store');
    return next();
  });
  app.use((context, next) => answerErrors(context, next, log));
  app.use((context, next) => answerOpen(context, next, store));
  const gate = createGate({ ...parts, people: store });
  const { metrics } = parts;
  if (metrics) {
    const text = (context: Context) => gate(context, 'metrics.read').then(metrics);
    app.use((context, next) => answerMetrics(context, next, text));
  }
  const people = parts.people ?? PeopleConfig.parse(undefined);
  const pageUrl = people.pageUrl ?? `http://${parts.host}:${parts.port}`;
  const live = createLiveFleet(store, { ...parts.fleet, nowMs: parts.nowMs, log });
  const viewers = createViewers(() => live.watch((rows) => viewers.tell('fleet', { rows })));
  const { position } = viewers;
  const router = mountRoutes(
    allRoutes({ ...parts, people, pageUrl, live, position }),
    gate,
    ({ id, action }) => {
      if (action === 'open' || action === 'session.own') return;
      live.expectChange();
      viewers.tell('changed', { route: id });
    },
  );
  addEventStream(router, gate, viewers);
  app.use(servePage());
  app.use(router.routes());
  app.use(router.allowedMethods());

  const server = createServer({ requestTimeout: requestMsMax }, app.callback());
  const port = await listen(server, parts.port, parts.host);
  return {
    port,
    tell: (what) => viewers.tell('changed', { route: what }),
    close: () =>
      new Promise((resolve) => {
        viewers.close();
        server.close(() => resolve());
        server.closeIdleConnections();
        // A request in work has a moment; a client that keeps its connection open has not.
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

async function answerErrors(context: Context, next: () => Promise<void>, log: Log): Promise<void> {
  try {
    await next();
    if (context.body || context.respond === false) return;
    if (context.status === 404) answerProblem(context, 'not_found');
    if (context.status === 405) answerProblem(context, 'method_not_allowed');
  } catch (error) {
    if (error instanceof ProblemError) {
      if (error.retrySeconds !== null) context.set('Retry-After', String(error.retrySeconds));
      return answerProblem(context, error.code, error.message);
    }
    log.error({ path: context.path, error: (error as Error).message }, 'request failed');
    answerProblem(context, 'internal', 'The log of central says why.');
  }
}

/** For Prometheus, by a key as every route of the operators. */
async function answerMetrics(
  context: Context,
  next: () => Promise<void>,
  text: (context: Context) => Promise<string>,
): Promise<void> {
  if (context.path !== '/metrics') return next();
  if (context.method !== 'GET' && context.method !== 'HEAD') {
    context.set('Allow', 'GET, HEAD');
    return answerProblem(context, 'method_not_allowed');
  }
  const said = await text(context);
  context.type = prometheusType;
  context.body = said;
}

/** /livez: the process answers. /readyz: so does its database. /openapi.json: the description of everything else. */
async function answerOpen(context: Context, next: () => Promise<void>, store: LedgerPort): Promise<void> {
  if (!['/livez', '/readyz', '/openapi.json'].includes(context.path)) return next();
  if (context.method !== 'GET' && context.method !== 'HEAD') {
    context.set('Allow', 'GET, HEAD');
    return answerProblem(context, 'method_not_allowed');
  }
  if (context.path === '/readyz' && !(await store.ping().catch(() => false))) {
    return answerProblem(context, 'not_ready', 'The database does not answer.');
  }
  if (context.path === '/openapi.json') return serveJsonFile(context, openApiFile);
  context.body = { status: 'ok' };
}
