// The HTTP interface for kiosks. It knows the store and nothing of the link: what it answers is durable.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import { StoreBusyError, type StoreClient } from '../store/client.ts';
import { addDocumentRoutes } from './documents.ts';
import { answerProblem, ProblemError } from './problems.ts';
import { addQuoteRoutes } from './quotes.ts';
import { addStatusRoutes, type Identity } from './status.ts';

export interface HttpOptions {
  host: string;
  port: number;
  connectionsMax: number;
  requestMsMax: number;
}

export interface HttpServer {
  port: number;
  /** Takes no new connections, lets what runs finish, then closes. */
  stop(): Promise<void>;
}

interface HttpParts {
  store: Pick<StoreClient, 'ask'>;
  identity: Identity;
  log: Log;
}

/** Serves until stopped. Rejects when the address cannot be had. */
export async function startHttp(options: HttpOptions, parts: HttpParts): Promise<HttpServer> {
  const { app } = createApp(parts);
  const server = createServer(
    {
      requestTimeout: options.requestMsMax,
      headersTimeout: Math.min(5000, options.requestMsMax),
      connectionsCheckingInterval: 1000,
    },
    app.callback(),
  );
  server.maxConnections = options.connectionsMax;
  const port = await listen(server, options.port, options.host);
  return { port, stop: () => stop(server) };
}

function createApp({ store, identity, log }: HttpParts): { app: Koa } {
  const app = new Koa();
  const counters = { cardNumbersRefused: 0 };
  const router = new Router();
  addDocumentRoutes(router, store);
  addQuoteRoutes(router, store);
  addStatusRoutes(router, { store, identity, counters });

  // Without a listener the framework prints what a broken connection left, stack and all.
  app.on('error', (error: Error) => log.info({ error: error.message }, 'a connection broke'));
  app.use(async (ctx, next) => {
    const givenId = ctx.get('X-Request-Id');
    ctx.state.requestId = requestId(givenId);
    ctx.set('X-Request-Id', ctx.state.requestId as string);
    try {
      if (holdsCardNumber(givenId)) throw new ProblemError('card_number_present');
      await next();
      if (ctx.status === 404 && ctx.body === undefined) answerProblem(ctx, 'not_found');
      // 501 is the router's word for a method that no path takes.
      if ((ctx.status === 405 || ctx.status === 501) && ctx.body === undefined) {
        answerProblem(ctx, 'method_not_allowed');
      }
    } catch (error) {
      answerError(ctx, error);
    }
  });
  app.use(helmet());
  app.use(router.routes());
  app.use(router.allowedMethods());
  return { app };

  function answerError(ctx: Koa.Context, error: unknown): void {
    const requestId = ctx.state.requestId as string;
    if (error instanceof ProblemError) {
      if (error.code === 'card_number_present') counters.cardNumbersRefused++;
      log.info({ requestId, code: error.code, route: ctx._matchedRoute as string }, 'refused a request');
      answerProblem(ctx, error.code, error.errors);
    } else if (error instanceof StoreBusyError) {
      answerProblem(ctx, 'busy');
    } else {
      log.error({ requestId, error: (error as Error).message }, 'failed on a request');
      answerProblem(ctx, 'internal_error');
    }
  }
}

/** The kiosk's own request id when it is one, for it stands in our logs. */
function requestId(given: string): string {
  return /^[\w-]{1,64}$/.test(given) && !holdsCardNumber(given) ? given : randomUUID();
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection that falls idle after its last answer would keep the server for seconds.
    const closing = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(closing);
      resolve();
    });
  });
}
