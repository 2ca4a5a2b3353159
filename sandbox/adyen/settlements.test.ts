// Batches and their reports over HTTP, as somebody who tests downloading them uses them.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openSandbox, type Sandbox } from '../server.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  const options = { host: '127.0.0.1', port: 0, clock: 'manual', searchLagMs: 0, latencyMs: 0 } as const;
  sandbox = await openSandbox(options, silentLog);
});
afterEach(() => sandbox.close());

const url = (path: string) => `http://127.0.0.1:${sandbox.port}${path}`;
const post = (path: string, body: unknown, method = 'POST') =>
  fetch(url(path), { method, body: JSON.stringify(body) });

async function pay(reference: string, currency = 'GBP', merchantAccount = 'HoldfastLeeds'): Promise<void> {
  const payment = {
    ...{ merchantAccount, reference, amount: { currency, value: 1000 }, captureDelayHours: 0 },
    paymentMethod: { storedPaymentMethodId: 'M5N7TQ4TG5PFWR50' },
    ...{ shopperReference: 'leeds-1', shopperInteraction: 'ContAuth' },
    recurringProcessingModel: 'UnscheduledCardOnFile',
  };
  const headers = { 'X-API-Key': 'test_any', 'Content-Type': 'application/json' };
  const answer = await fetch(url('/v72/payments'), {
    method: 'POST',
    headers,
    body: JSON.stringify(payment),
  });
  expect(answer.status).toBe(200);
}
async function settle(body: object = {}): Promise<{ name: string; batch: number; rows: number }[]> {
  const answer = await post('/sandbox/adyen/settlements', body);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { settled: { name: string; batch: number; rows: number }[] }).settled;
}
const download = (name: string, user = 'report:any', merchantAccount = 'HoldfastLeeds') =>
  fetch(url(`/reports/download/MerchantAccount/${merchantAccount}/${name}`), {
    headers: { Authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  });
const nameOf = (batch: number) => `settlement_detail_report_batch_${batch}.csv`;

it('closes a batch for each account and currency, numbered one after the other, and each sale is in one', async () => {
  await pay('a-1');
  await pay('a-2', 'EUR');
  await pay('b-1', 'GBP', 'HoldfastYork');
  expect(await settle()).toMatchObject([
    { merchantAccount: 'HoldfastLeeds', currency: 'EUR', batch: 1, rows: 2 },
    { merchantAccount: 'HoldfastLeeds', currency: 'GBP', batch: 2, rows: 2 },
    { merchantAccount: 'HoldfastYork', currency: 'GBP', batch: 1, rows: 2 },
  ]);
  expect(await settle()).toEqual([]);
  await pay('a-3');
  expect(await settle()).toMatchObject([{ batch: 3, rows: 2 }]);
  const lines = (await (await download(nameOf(2))).text()).trim().split('\r\n');
  expect(lines.map((line) => line.split(',')[3])).toEqual(['Merchant Reference', 'a-1', '']);
  expect((await download(nameOf(4))).status).toBe(404);
});

it('has a report after a while only, and for its own user alone', async () => {
  await pay('a-1');
  await settle({ availableAfterMs: 60_000 });
  expect((await download(nameOf(1))).status).toBe(404);
  await post('/sandbox/clock/advance', { ms: 60_000 });
  expect((await download(nameOf(1))).status).toBe(200);
  await post('/sandbox/adyen/report-user', { username: 'report', password: 'right' }, 'PUT');
  expect((await download(nameOf(1))).status).toBe(401);
  expect((await download(nameOf(1), 'report:right')).status).toBe(200);
  expect((await fetch(url(`/reports/download/MerchantAccount/HoldfastLeeds/${nameOf(1)}`))).status).toBe(401);
});

it.each(['half_answer', 'reset', 'answer_500', 'answer_429'])(
  'acts %s out for the next download',
  async (act) => {
    await pay('a-1');
    await settle();
    await post('/sandbox/acts', { operation: 'adyen.reports', act, times: 1 });
    const failing = async () => {
      const answer = await download(nameOf(1));
      return answer.ok ? answer.text() : answer.status;
    };
    const failed = await failing().catch(() => 'broken off');
    expect(failed).toBe({ answer_500: 500, answer_429: 429 }[act] ?? 'broken off');
    expect((await download(nameOf(1))).status).toBe(200);
  },
);

it('refuses what it does not know', async () => {
  const answer = await post('/sandbox/adyen/settlements', { faults: ['explode'] });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'body_invalid' });
});
