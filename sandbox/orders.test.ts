import { expect, it } from 'vitest';
import { createOrders, type Order } from './orders.ts';

const share: Order = { operation: 'any', act: { kind: 'hang' }, times: 1, share: 0.02, seed: 7 };
const calls = Array.from({ length: 10_000 }, (_, at) => `key-${at}`);
const hit = (order: Order, keys: readonly string[]) => {
  const orders = createOrders();
  orders.add(order);
  return keys.filter((key) => orders.take('payment_intents.create', key) !== null);
};

it('hits the share that was ordered, and the same calls in whatever order they come', () => {
  const hits = hit(share, calls);
  expect(hits.length).toBeGreaterThan(150);
  expect(hits.length).toBeLessThan(250);
  expect(new Set(hit(share, [...calls].reverse()))).toEqual(new Set(hits));
});

it('hits others with another seed', () => {
  expect(hit({ ...share, seed: 8 }, calls)).not.toEqual(hit(share, calls));
});

it('hits a repeated call no more often than was ordered', () => {
  const orders = createOrders();
  orders.add({ ...share, share: 1, times: 2 });
  const acts = Array.from({ length: 4 }, () => orders.take('payment_intents.create', 'key')?.kind ?? null);
  expect(acts).toEqual(['hang', 'hang', null, null]);
});

it('draws each share by itself, so that two of them do not fall on the same calls', () => {
  const orders = createOrders();
  orders.add(share);
  orders.add({ ...share, act: { kind: 'reset' } });
  const kinds = calls.map((key) => orders.take('payment_intents.create', key)?.kind);
  const resets = kinds.filter((kind) => kind === 'reset').length;
  expect(resets).toBeGreaterThan(120);
  expect(resets).toBeLessThan(250);
});

it('takes what is ordered for the next calls first, and only for their operation', () => {
  const orders = createOrders();
  orders.add({ ...share, share: 1 });
  orders.add({ operation: 'refunds.create', act: { kind: 'garbage' }, times: 1, share: null, seed: 1 });
  expect(orders.take('payment_intents.create', 'a')).toEqual({ kind: 'hang' });
  expect(orders.take('refunds.create', 'b')).toEqual({ kind: 'garbage' });
  orders.clear();
  expect(orders.take('payment_intents.create', 'c')).toBeNull();
});
