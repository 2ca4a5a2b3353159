import { afterEach, expect, it, vi } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { startAbandonment } from './abandonment.ts';
import { pennies, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

let shop: TemporaryStore;
afterEach(() => shop.remove());

const verdict = () => shop.ask('document', { id: uuid(1) })?.verdict;

/** Lets time pass in steps, so that the loop can ask in between. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    shop.clock.advance(1000);
    await Promise.resolve();
    await Promise.resolve();
  }
}

it('refuses in time what nobody waits for, goes on after a failure, and ends when it is stopped', async () => {
  shop = temporaryStore();
  shop.ask('link', { link: { kind: 'online', sinceMs: 0 }, conditions: [] });
  shop.execute(submit.checkout(1, pennies(5, { mode: 'prefer_online' })));
  const ask = vi.fn(async (kind: 'abandon', question: object) => shop.ask(kind, question));
  ask.mockRejectedValueOnce(new Error('too many commands wait'));
  const loop = startAbandonment({ ask: ask as never }, shop.clock, silentLog);
  await pass(80_000);
  expect(verdict()).toBe('pending');
  await pass(20_000);
  expect(verdict()).toBe('refused');
  loop.stop();
  const asked = ask.mock.calls.length;
  await pass(20_000);
  expect(ask.mock.calls.length).toBe(asked);
});
