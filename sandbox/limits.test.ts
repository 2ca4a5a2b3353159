// What keeps the sandbox small however much is asked of it.
import Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createAgenda } from './agenda.ts';
import { createKeys, keyLifeMs } from './idempotency.ts';
import { openSandbox, type Sandbox } from './server.ts';
import { createBooks, rowsMax } from './stripe/books.ts';
import { createEvents, eventsMax } from './stripe/events.ts';
import { CreateForm, createPayment } from './stripe/payments.ts';

describe('the books', () => {
  it('take 200,000 captured payments, and say what to do when they are full', () => {
    const clock = manualClock();
    const books = createBooks(clock, createAgenda(clock), () => undefined);
    const form = CreateForm.parse({
      amount: '370',
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      confirm: 'true',
    });
    const pay = () => createPayment(books, form);
    for (let made = 0; made < 200_000; made++) pay();
    expect(books.payments.size).toBe(200_000);
    while (books.payments.size + books.balance.size < rowsMax) pay();
    expect(pay).toThrow(/POST \/sandbox\/reset/);
    books.clear();
    expect(pay()).toMatchObject({ status: 'succeeded' });
  });

  it('keep the last events, each found by its id while it is kept', () => {
    const events = createEvents();
    const add = (at: number) => events.add({ createdMs: at, type: 'charge.succeeded', object: {} });
    const [first, second] = [add(0), add(1)];
    for (let at = 2; at < eventsMax; at++) add(at);
    expect(events.get(first.id)).toBe(first);
    const last = add(eventsMax);
    expect(events.get(first.id)).toBeUndefined();
    expect(events.get(second.id)).toBe(second);
    expect(events.all()).toHaveLength(eventsMax);
    expect([events.all()[0], events.all().at(-1)]).toEqual([second, last]);
    events.clear();
    expect(events.all()).toEqual([]);
    expect(events.get(last.id)).toBeUndefined();
    const after = add(0);
    expect(events.all()).toEqual([after]);
  });
});

it('forgets a key after its day, and gives its memory back', () => {
  const clock = manualClock();
  const keys = createKeys<string>(clock);
  keys.claim('old', 'request');
  keys.keep('old', 'answer');
  clock.advance(keyLifeMs - 1);
  keys.claim('young', 'request');
  expect(keys.claim('old', 'request')).toEqual({ kind: 'replay', answer: 'answer' });
  expect(keys.claim('old', 'other request')).toEqual({ kind: 'other_request' });
  clock.advance(1);
  expect(keys.claim('old', 'other request')).toEqual({ kind: 'free' });
  clock.advance(keyLifeMs);
  keys.claim('new', 'request');
  expect(keys.count).toBe(1);
});

describe('with a latency', () => {
  const latencyMs = 120;
  let sandbox: Sandbox;
  afterEach(() => sandbox.close());

  it('every answer comes so much later, and many are waited for at once', async () => {
    const options = { host: '127.0.0.1', port: 0, clock: 'manual' as const, searchLagMs: 0, latencyMs };
    sandbox = await openSandbox(options, silentLog);
    const stripe = new Stripe('sk_test_late', {
      host: '127.0.0.1',
      port: sandbox.port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    });
    const sale = { amount: 370, currency: 'gbp', payment_method: 'pm_card_visa', confirm: true };
    const startMs = performance.now();
    const lasted = await Promise.all(
      Array.from({ length: 100 }, async () => {
        await stripe.paymentIntents.create(sale);
        return performance.now() - startMs;
      }),
    );
    expect(Math.min(...lasted)).toBeGreaterThan(latencyMs - 5);
    // One after the other they would take twelve seconds.
    expect(Math.max(...lasted)).toBeLessThan(100 * latencyMs * 0.5);
  });
});
