// The sandbox's HTTP server: Stripe's API under /v1, Adyen's under /v71 and later, the sandbox's own under /sandbox.
import { createServer } from 'node:http';
import Koa from 'koa';
import { listen } from '../kit/listen.ts';
import type { Log } from '../kit/log.ts';
import { answerAdmin } from './admin.ts';
import { createAdyen } from './adyen/adyen.ts';
import { createAgenda } from './agenda.ts';
import { openBank } from './bank/account.ts';
import { type ClockKind, createClock } from './clock.ts';
import { createFaults } from './faults.ts';
import { createKeys } from './idempotency.ts';
import { createOrders } from './orders.ts';
import type { Answer } from './stripe/answer.ts';
import { createBooks } from './stripe/books.ts';
import { answerStripe, type Call } from './stripe/gateway.ts';
import { payOutDaily } from './stripe/payouts.ts';
import { createOperations } from './stripe/routes.ts';
import { showEvent } from './stripe/shapes.ts';
import { createWebhooks, dressAsStripe } from './webhooks.ts';

const callsMax = 1000;

export interface SandboxOptions {
  host: string;
  /** 0 for any. */
  port: number;
  clock: ClockKind;
  /** How long a payment is not found by search. */
  searchLagMs: number;
  /** How much later than it was ready each answer of a processor leaves. */
  latencyMs: number;
}

export interface Sandbox {
  port: number;
  close(): Promise<void>;
}

/** Listens, or rejects with the system's error. */
export async function openSandbox(options: SandboxOptions, log: Log): Promise<Sandbox> {
  const clock = createClock(options.clock);
  const orders = createOrders();
  const keys = createKeys<Answer>(clock);
  const webhooks = createWebhooks(clock, dressAsStripe);
  const agenda = createAgenda(clock);
  const books = createBooks(clock, agenda, (event) =>
    webhooks.send(event.id, event.type, () => JSON.stringify(showEvent(event))),
  );
  const bank = openBank();
  const faults = createFaults();
  const operations = createOperations(options.searchLagMs);
  let calls: Call[] = [];
  const note = (call: Call) => {
    calls.push(call);
    if (calls.length > callsMax) calls.shift();
  };
  const { latencyMs } = options;
  const adyen = createAdyen(clock, { orders, latencyMs, note });
  const reset = () => {
    calls = [];
    for (const part of [books, keys, orders, webhooks, bank, faults, adyen]) part.clear();
    payOutDaily(books, bank);
  };

  const app = new Koa();
  app.on('error', (error: Error) => log.error({ error: error.message }, 'request failed'));
  app.use((context) => {
    if (adyen.ownsAdmin(context.path)) return adyen.answerAdmin(context);
    return answerAdmin(context, {
      clock,
      orders,
      webhooks,
      operations: { ...operations, names: [...operations.names, ...adyen.operationNames] },
      books,
      keys,
      bank,
      faults,
      calls: () => calls,
      reset,
    });
  });
  const answerOther = app.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/sandbox')) {
      void answerOther(request, response);
      return;
    }
    const answered = adyen.owns(request.url ?? '')
      ? adyen.answer(request, response)
      : answerStripe(request, response, { books, keys, orders, operations, latencyMs, note });
    answered.catch((error: Error) => {
      log.error({ error: error.message }, 'request failed');
      request.socket.destroy();
    });
  });
  const port = await listen(server, options.port, options.host);
  payOutDaily(books, bank);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        agenda.clear();
        server.close(() => resolve());
        // Some are left open on purpose.
        server.closeAllConnections();
      }),
  };
}
