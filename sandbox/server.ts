// The sandbox's HTTP server: Stripe's API under /v1, the sandbox's own under /sandbox.
import { createServer } from 'node:http';
import Koa from 'koa';
import { listen } from '../kit/listen.ts';
import type { Log } from '../kit/log.ts';
import { createOrders } from './acts.ts';
import { answerAdmin } from './admin.ts';
import { type ClockKind, createClock } from './clock.ts';
import { createKeys } from './idempotency.ts';
import { createBooks } from './stripe/books.ts';
import { answerStripe, type Call } from './stripe/gateway.ts';
import { createOperations } from './stripe/routes.ts';
import { showEvent } from './stripe/shapes.ts';
import { createWebhooks } from './webhooks.ts';

const callsMax = 1000;

export interface SandboxOptions {
  host: string;
  /** 0 for any. */
  port: number;
  clock: ClockKind;
  /** How long a payment is not found by search. */
  searchLagMs: number;
}

export interface Sandbox {
  port: number;
  close(): Promise<void>;
}

/** Listens, or rejects with the system's error. */
export async function openSandbox(options: SandboxOptions, log: Log): Promise<Sandbox> {
  const clock = createClock(options.clock);
  const orders = createOrders();
  const keys = createKeys(clock);
  const webhooks = createWebhooks(clock);
  const books = createBooks(clock, (event) =>
    webhooks.send({ id: event.id, type: event.type, body: JSON.stringify(showEvent(event)) }),
  );
  const operations = createOperations(options.searchLagMs);
  let calls: Call[] = [];
  const note = (call: Call) => {
    calls.push(call);
    if (calls.length > callsMax) calls.shift();
  };
  const reset = () => {
    calls = [];
    for (const part of [books, keys, orders, webhooks]) part.clear();
  };

  const app = new Koa();
  app.on('error', (error: Error) => log.error({ error: error.message }, 'request failed'));
  app.use((context) =>
    context.path.startsWith('/sandbox')
      ? answerAdmin(context, { clock, orders, webhooks, operations, calls: () => calls, reset })
      : answerStripe(context, { books, keys, orders, operations, note }),
  );
  const server = createServer(app.callback());
  const port = await listen(server, options.port, options.host);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Some are left open on purpose.
        server.closeAllConnections();
      }),
  };
}
