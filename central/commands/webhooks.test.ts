import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import type { ProcessorEvent } from '../processors/port.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

const nowMs = 1_795_000_000_000;
function event(eventId: string, happenedMs: number): ProcessorEvent {
  const amount = { currency: 'GBP', amountMinor: 370 };
  const charge = {
    chargeId: 'pi_1',
    reference: null,
    state: 'captured' as const,
    amount,
    capturedMinor: 370,
    decline: null,
  };
  return { eventId, type: 'payment_intent.succeeded', happenedMs, about: { kind: 'charge', charge } };
}
const came = (processor: string, ...events: ProcessorEvent[]) =>
  desk.inStore((store) => {
    const body = Buffer.from(`{"from":"${processor}"}`);
    store.storeWebhook({ processor, events, body, signature: null, nowMs });
    store.workWebhooks({ eventsMax: 10, nowMs });
  });

describe('webhook', () => {
  it('shows what came, each event whole, and each processor', async () => {
    came('stripe', event('evt_1', 1), event('evt_2', 2));
    came('stripe', event('evt_2', 2));
    expect((await desk.json('webhook', 'list', '--limit', '1')).items).toMatchObject([
      { eventId: 'evt_2', state: 'done', standing: 'newer', copies: 1 },
    ]);
    expect((await desk.run('webhook', 'list', '--limit', '1')).stdout).toContain('go on with --before 2');
    expect((await desk.json('webhook', 'list', '--before', '2')).items).toMatchObject([{ eventId: 'evt_1' }]);
    expect((await desk.run('webhook', 'dead')).stdout).toBe('there is none\n');
    expect(await desk.json('webhook', 'show', 'evt_1')).toMatchObject({ body: '{"from":"stripe"}' });
    const { stdout } = await desk.run('webhook', 'sources');
    expect(stdout).toBe('stripe: 1 duplicate, 2 stored; 0 waiting, 0 dead\n');
  });

  it('replays one event, those that are dead, or those of a time, and keeps why', async () => {
    came('stripe', event('evt_1', 1), event('evt_2', 2));
    const why = ['--reason', 'mended'];
    expect(await desk.json('webhook', 'replay', 'evt_1', ...why)).toEqual({ events: 1 });
    expect(await desk.json('webhook', 'replay', '--dead', ...why)).toEqual({ events: 0 });
    const [from, until] = [new Date(nowMs).toISOString(), new Date(nowMs + 1).toISOString()];
    expect(await desk.json('webhook', 'replay', '--from', from, '--until', until, ...why)).toEqual({
      events: 2,
    });
    const { items } = desk.inStore((store) =>
      store.auditRecords({ action: 'webhook.replay', about: null, cursor: null, limit: 9 }),
    );
    expect(items).toMatchObject([
      { detail: { reason: 'mended', events: 2 } },
      {},
      { about: 'webhook evt_1', actor: { kind: 'command' } },
    ]);
  });

  it('refuses what is not clear, and says what to do', async () => {
    came('stripe', event('evt_1', 1));
    came('adyen', event('evt_1', 1));
    const why = ['--reason', 'mended'];
    const replay = (...args: string[]) => desk.run('webhook', 'replay', ...args);
    expect(await replay('evt_9', ...why)).toEqual(refusal(1, 'event_unknown'));
    expect(await replay('evt_1', ...why)).toEqual(refusal(1, 'event_ambiguous', '--processor NAME'));
    expect(await replay(...why)).toEqual(refusal(2, 'argument_malformed', '--dead'));
    expect(await replay('evt_1', '--dead', ...why)).toEqual(refusal(2, 'argument_malformed'));
    expect(await replay('--from', '2026-11-24', ...why)).toEqual(refusal(2, 'with its zone'));
    expect(await replay('--dead', '--reason', ' ')).toEqual(refusal(2, 'the reason is empty'));
    expect(await replay('--dead')).toMatchObject({ code: 2 });
    expect(await desk.run('webhook', 'show', 'evt_9')).toEqual(refusal(1, 'event_unknown'));
  });
});

describe('outbound', () => {
  const url = 'https://shop.example/holdfast';
  const create = () => desk.json('outbound', 'create', url, '--types', 'payout.made', 'checkout.captured');

  it('makes an endpoint, shows its secret once, and rotates it with an overlap', async () => {
    const { endpoint, secret } = await create();
    expect(secret).toMatch(/^hf_whsec_/);
    expect(endpoint).toMatchObject({
      number: 1,
      url,
      types: ['payout.made', 'checkout.captured'],
      state: 'enabled',
    });
    const rotated = await desk.json('outbound', 'rotate', '1', '--overlap-hours', '48');
    expect(rotated.secret).not.toBe(secret);
    const [newer, older] = rotated.endpoint.secrets;
    expect(newer.endsMs).toBeNull();
    expect(older.endsMs - newer.createdMs).toBe(48 * 3_600_000);
    const shown = await desk.run('outbound', 'list');
    expect(shown.stdout).toContain(`1  enabled  ${url}`);
    expect(shown.stdout).not.toContain('hf_whsec_');
    const audit = desk.inStore((store) =>
      store.auditRecords({ action: null, about: null, cursor: null, limit: 9 }),
    );
    expect(JSON.stringify(audit)).not.toContain('hf_whsec_');
  });

  it('sends a test, shows the log, disables, enables and sends again', async () => {
    await create();
    const { eventId } = await desk.json('outbound', 'test', '1');
    expect((await desk.json('outbound', 'log', '1')).items).toMatchObject([{ eventId, state: 'waiting' }]);
    const why = ['--reason', 'it moves'];
    expect(await desk.json('outbound', 'disable', '1', ...why)).toMatchObject({ state: 'disabled' });
    expect(await desk.json('outbound', 'enable', '1', ...why)).toMatchObject({ state: 'enabled' });
    expect(await desk.json('outbound', 'resend', '1', '--event', eventId, ...why)).toEqual({ deliveries: 1 });
    expect((await desk.run('outbound', 'log')).stdout).toContain(
      `endpoint.test  endpoint 1  ${eventId}  waiting`,
    );
  });

  it('refuses addresses and endpoints that cannot be, and says what to do', async () => {
    const types = ['--types', 'payout.made'];
    expect(await desk.run('outbound', 'create', 'http://shop.example/', ...types)).toEqual(
      refusal(2, 'url_refused', 'use https'),
    );
    expect(await desk.run('outbound', 'create', url, '--types', 'nothing')).toMatchObject({ code: 2 });
    expect(await desk.run('outbound', 'test', '9')).toEqual(refusal(1, 'endpoint_unknown', 'outbound list'));
    expect(await desk.run('outbound', 'rotate', '1', '--overlap-hours', '999')).toEqual(
      refusal(2, '0 to 168'),
    );
    expect(await desk.run('outbound', 'disable', 'x', '--reason', 'x')).toEqual(
      refusal(2, 'argument_malformed'),
    );
  });
});
