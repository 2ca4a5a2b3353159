// Adyen through real processes: kiosk, appliance, central, and a sandbox that is Adyen and Stripe in one. Adyen cannot be asked:
// what became of a call comes by its signed webhooks, or by the same key. Its own books say in the end who was charged (I13).
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Checkout, KioskClient } from '../../kiosk/client.ts';
import { freePorts } from '../../trial/link.ts';
import { startSandbox, type TrialSandbox } from '../../trial/sandbox.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { kioskOf, newFolder, openShop, statusOf } from './shop.ts';
import { answerOf, sellBy, totalMinor, untilOutcome } from './till.ts';

const hmacKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const user = { username: 'adyen', password: 'any' };
const stored = 'leeds-1/M5N7TQ4TG5PFWR50';
const modifications = ['CAPTURE', 'CANCELLATION', 'REFUND', 'REFUND_FAILED'];

let folder: string;
let sandbox: TrialSandbox;
let site: Site;
let kiosk: KioskClient;
let webhookPort: number;

beforeAll(async () => {
  folder = newFolder();
  sandbox = await startSandbox({ name: 'sandbox', folder });
  [webhookPort = 0] = await freePorts(1);
  const secrets = {
    ...{ key: 'test_trial', hmac: hmacKey, user: `${user.username}:${user.password}` },
    report: 'report:right',
  };
  for (const [name, secret] of Object.entries(secrets)) {
    writeFileSync(join(folder, `adyen.${name}`), `${secret}\n`, { mode: 0o600 });
  }
  const adyen = {
    adapter: 'adyen',
    merchantAccount: 'HoldfastLeeds',
    shopperReference: 'leeds-1',
    keyFile: join(folder, 'adyen.key'),
    webhookSecretFiles: [join(folder, 'adyen.hmac')],
    webhookUserFile: join(folder, 'adyen.user'),
    callMsMax: 1000,
    reports: { baseUrl: `${sandbox.url}/reports/download`, userFile: join(folder, 'adyen.report') },
    tokenPrefixes: ['leeds-1/'],
  };
  site = await openShop(folder, {
    policy: { ...generousPolicy, online: { ...generousPolicy.online, waitMs: 4000 } },
    charging: {
      webhookPort,
      processors: {
        stripe: { baseUrl: sandbox.url, settings: { callMsMax: 1000, tokenPrefixes: ['pm_'] } },
        adyen: { baseUrl: sandbox.url, settings: adyen },
      },
      routing: [{ processors: ['stripe', 'adyen'], otherOn: ['other_method'] }],
    },
  });
  kiosk = kioskOf(site);
  while ((await statusOf(site)).link.kind !== 'online') await sleep(50);
}, 60_000);
afterAll(async () => {
  await site.stop();
  await sandbox.program.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => tellWebhooks());

const sell = (token: string, mode?: Checkout['mode']) => sellBy(kiosk, token, mode);

/** Has the sandbox's Adyen send webhooks to central, in this manner. */
async function tellWebhooks(manner: object = {}): Promise<void> {
  const url = `http://127.0.0.1:${webhookPort}/webhooks/adyen`;
  await sandbox.admin('PUT', '/sandbox/adyen/webhooks', { url, secret: hmacKey, user, ...manner });
}

async function orderNext(act: string): Promise<void> {
  await sandbox.admin('POST', '/sandbox/acts', { operation: 'adyen.payments', act, times: 1 });
}

const Payments = z.object({
  payments: z.array(
    z.object({
      pspReference: z.string(),
      reference: z.string(),
      status: z.string(),
      automatic: z.boolean(),
      capturedValue: z.int(),
      refundedValue: z.int(),
    }),
  ),
});

async function allPayments() {
  return Payments.parse(await sandbox.admin('GET', '/sandbox/adyen/payments')).payments;
}

/** In Adyen's own books. */
async function paymentsOf(id: string) {
  return (await allPayments()).filter(({ reference }) => reference.includes(id));
}

async function ask<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T>> {
  const headers = { Authorization: `Bearer ${site.operatorKey}` };
  return schema.parse(await (await fetch(site.centralUrl + path, { headers })).json());
}

const Collection = z.object({
  state: z.string(),
  heldFor: z.string().nullable(),
  capturedMinor: z.int(),
  attempts: z.array(
    z.object({
      purpose: z.string(),
      processor: z.string(),
      state: z.string(),
      refundId: z.string().nullable(),
      tries: z.int(),
      events: z.array(z.object({ kind: z.string(), detail: z.string() })),
    }),
  ),
});
const collectionOf = (id: string) => ask(`/v1/collections/${site.applianceId}/${id}`, Collection);

async function attemptOf(id: string, purpose: string) {
  const { attempts } = await collectionOf(id);
  return attempts.find((attempt) => attempt.purpose === purpose) ?? expect.fail(`no ${purpose}`);
}

async function soldAndCaptured(): Promise<string> {
  const { id } = await sell(stored);
  await untilOutcome(kiosk, id, 'captured');
  return id;
}

const giveBack = async (checkoutId: string) =>
  answerOf(await kiosk.refund({ checkoutId, currency: 'GBP', totalMinor: 100, reason: 'damaged' })).id;

describe('a checkout at Adyen', () => {
  it('approved offline is captured by its charge', async () => {
    const id = await soldAndCaptured();
    expect(await paymentsOf(id)).toMatchObject([
      { status: 'captured', automatic: true, capturedValue: totalMinor },
    ]);
    expect((await statusOf(site)).exposure.totalMinor).toBe(0);
  });

  it('that a kiosk waits for is authorised, and captured by the word of a webhook', async () => {
    const { id, verdict, decidedBy } = await sell(stored, 'prefer_online');
    expect({ verdict, decidedBy }).toEqual({ verdict: 'authorised', decidedBy: 'central' });
    await untilOutcome(kiosk, id, 'captured');
    expect(await paymentsOf(id)).toMatchObject([{ status: 'captured', automatic: false }]);
    const { state, events } = await attemptOf(id, 'capture');
    expect(state).toBe('approved');
    expect(events.map(({ kind, detail }) => `${kind} ${detail}`)).toContainEqual(
      expect.stringMatching(/^webhook CAPTURE CAPTURE:/),
    );
  });

  it('that Adyen declines is declined at the kiosk, by its word', async () => {
    const answer = await sell('leeds-1/sandbox_decline_26', 'prefer_online');
    expect(answer).toMatchObject({ verdict: 'declined', declineCode: 'revocation_of_auth' });
    expect(await paymentsOf(answer.id)).toMatchObject([{ status: 'refused' }]);
  });

  it('that is given back in part waits for its webhook, and is refunded by it', async () => {
    const id = await soldAndCaptured();
    await tellWebhooks({ delayMs: 3000 });
    const refundId = await giveBack(id);
    await expect.poll(async () => (await attemptOf(id, 'refund')).state, { timeout: 3000 }).toBe('pending');
    await untilOutcome(kiosk, refundId, 'refunded');
    expect(await paymentsOf(id)).toMatchObject([{ refundedValue: 100 }]);
  });

  it('whose refund fails days after it was made is held for a person', async () => {
    const id = await soldAndCaptured();
    const documentId = await giveBack(id);
    await untilOutcome(kiosk, documentId, 'refunded');
    const { refundId: pspReference } = await attemptOf(id, 'refund');
    await sandbox.admin('POST', '/sandbox/adyen/refund-failed', { pspReference });
    await expect
      .poll(() => collectionOf(id), { timeout: 10_000 })
      .toMatchObject({ state: 'held', heldFor: 'refund' });
    const { items } = await ask('/v1/reviews?state=waiting', z.object({ items: z.array(z.unknown()) }));
    expect(items).toMatchObject([{ kind: 'held_money', documentId, reason: 'refund', amountMinor: 100 }]);
    expect(await paymentsOf(id)).toMatchObject([{ refundedValue: 0 }]);
  });

  it('that was captured by a call of its own, and whose capture is taken back, is held and captured once more by a word', async () => {
    const { id } = await sell(stored, 'prefer_online');
    await untilOutcome(kiosk, id, 'captured');
    const [payment] = await paymentsOf(id);
    await sandbox.admin('POST', '/sandbox/adyen/capture-failed', { pspReference: payment?.pspReference });
    await expect
      .poll(() => collectionOf(id), { timeout: 10_000 })
      .toMatchObject({ state: 'held', heldFor: 'rejected', capturedMinor: 0 });
    await untilOutcome(kiosk, id, 'in_review');
    const { state, events } = await attemptOf(id, 'capture');
    expect(state).toBe('declined');
    expect(events.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(/^CAPTURE_FAILED /));
    expect((await attemptOf(id, 'charge')).state).toBe('approved');
    expect(await paymentsOf(id)).toMatchObject([{ status: 'authorised', capturedValue: 0 }]);

    const waiting = z.object({ items: z.array(z.object({ number: z.int(), documentId: z.string() })) });
    const { items } = await ask('/v1/reviews?state=waiting', waiting);
    const number = items.find(({ documentId }) => documentId === id)?.number;
    const decide = ['review', 'decide', String(number), 'try_again', '--note', 'the scheme says so'];
    await centralCommand(decide, join(folder, 'central.toml'));
    await expect
      .poll(() => collectionOf(id), { timeout: 10_000 })
      .toMatchObject({ state: 'collected', capturedMinor: totalMinor });
    expect(await paymentsOf(id)).toMatchObject([{ status: 'captured', capturedValue: totalMinor }]);
    const { attempts } = await collectionOf(id);
    expect(attempts.map(({ purpose, state: ended }) => `${purpose} ${ended}`)).toEqual([
      'charge approved',
      // Let go by the word of the person; the next one is another call.
      'capture not_made',
      'capture approved',
    ]);
  });

  it('whose capture is taken back falls out of the books and is held for a person', async () => {
    const id = await soldAndCaptured();
    const [payment] = await paymentsOf(id);
    await sandbox.admin('POST', '/sandbox/adyen/capture-failed', { pspReference: payment?.pspReference });
    await expect
      .poll(() => collectionOf(id), { timeout: 10_000 })
      .toMatchObject({ state: 'held', heldFor: 'rejected', capturedMinor: 0 });
    await untilOutcome(kiosk, id, 'in_review');
    expect(await paymentsOf(id)).toMatchObject([{ status: 'authorised', capturedValue: 0 }]);
  });

  it('that is voided goes back whole', async () => {
    const id = await soldAndCaptured();
    answerOf(await kiosk.void(id, { reason: 'mistake' }));
    await expect.poll(async () => (await collectionOf(id)).state, { timeout: 20_000 }).toBe('released');
    expect(await paymentsOf(id)).toMatchObject([{ refundedValue: totalMinor }]);
  });
});

describe('a charge at Adyen that was made and never heard of', () => {
  it('is known by its webhook, captured, and is not sent again', async () => {
    await orderNext('do_then_hang');
    const id = await soldAndCaptured();
    const { tries, events } = await attemptOf(id, 'charge');
    expect(tries).toBe(1);
    expect(events.map(({ kind }) => kind)).toContain('webhook');
    expect(await paymentsOf(id)).toHaveLength(1);
  });

  it('and whose webhook does not come is repeated by its key, which gives the first answer', async () => {
    await tellWebhooks({ events: modifications });
    await orderNext('do_then_hang');
    const id = await soldAndCaptured();
    const { tries, events } = await attemptOf(id, 'charge');
    expect(tries).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual(['sent', 'answered', 'looked_up', 'sent', 'answered']);
    expect(await paymentsOf(id)).toMatchObject([{ status: 'captured' }]);
  });

  it('in front of a kiosk is captured once, and never charged beside another', async () => {
    await orderNext('do_then_reset');
    const { id } = await sell(stored, 'prefer_online');
    await untilOutcome(kiosk, id, 'captured');
    expect(await paymentsOf(id)).toMatchObject([{ status: 'captured', capturedValue: totalMinor }]);
  });
});

it('charges at Adyen what Stripe declines, by the token that the card has there', async () => {
  const file = join(folder, 'tokens.csv');
  const token = 'pm_card_chargeDeclinedExpiredCard';
  writeFileSync(file, `token,processor,processor_token\n${token},adyen,M5N7TQ4TG5PFWR50\n`);
  await centralCommand(['token', 'import', file], join(folder, 'central.toml'));
  const { id, verdict } = await sell(token, 'prefer_online');
  expect(verdict).toBe('authorised');
  await untilOutcome(kiosk, id, 'captured');
  const { attempts } = await collectionOf(id);
  expect(attempts.map(({ purpose, processor, state }) => `${purpose} ${processor} ${state}`)).toEqual([
    'charge stripe declined',
    'charge adyen approved',
    'capture adyen approved',
  ]);
  expect(await paymentsOf(id)).toMatchObject([{ status: 'captured' }]);
});

it('takes no webhook that is signed by another key, or sent by another user', async () => {
  const refusedOf = async () => {
    const Sources = z.object({
      items: z.array(z.object({ processor: z.string(), refused: z.array(z.object({ code: z.string() })) })),
    });
    const { items } = await ask('/v1/webhooks/sources', Sources);
    return items.find(({ processor }) => processor === 'adyen')?.refused.map(({ code }) => code) ?? [];
  };
  await tellWebhooks({ signature: 'wrong' });
  await soldAndCaptured();
  await expect.poll(refusedOf, { timeout: 10_000 }).toEqual(['signature_wrong']);
  await tellWebhooks({ user: { ...user, password: 'another' } });
  await soldAndCaptured();
  await expect.poll(refusedOf, { timeout: 10_000 }).toEqual(['signature_wrong', 'signature_wrong']);
});

async function balanceAtAdyen(): Promise<number | undefined> {
  const Accounts = z.object({ items: z.array(z.object({ name: z.string(), balanceMinor: z.int() })) });
  const { items } = await ask('/v1/ledger/accounts', Accounts);
  return items.find(({ name }) => name === 'receivable:processor:adyen')?.balanceMinor;
}

it('leaves a ledger that is whole, and says of Adyen what its own books say', async () => {
  const report = await centralCommand(['ledger', 'check', '--json'], join(folder, 'central.toml'));
  expect(JSON.parse(report)).toMatchObject({ failures: [] });
  const heldMinor = (await allPayments()).reduce(
    (sum, { capturedValue, refundedValue }) => sum + capturedValue - refundedValue,
    0,
  );
  expect(await balanceAtAdyen()).toBe(heldMinor);
});

it('has the report of its settlement at central as soon as it is announced', async () => {
  await sandbox.admin('PUT', '/sandbox/adyen/report-user', { username: 'report', password: 'right' });
  const { settled } = z
    .object({ settled: z.array(z.object({ name: z.string(), rows: z.int() })) })
    .parse(await sandbox.admin('POST', '/sandbox/adyen/settlements', {}));
  const Files = z.object({
    items: z.array(
      z.object({ source: z.string(), name: z.string(), rows: z.int(), setAside: z.int(), state: z.string() }),
    ),
  });
  await expect
    .poll(async () => (await ask('/v1/reconciliation/files', Files)).items, { timeout: 60_000 })
    .toEqual(
      settled.map(({ name, rows }) => ({ source: 'adyen', name, rows, setAside: 0, state: 'complete' })),
    );
  const run = JSON.parse(
    await centralCommand(['reconciliation', 'run', '--json'], join(folder, 'central.toml')),
  );
  // Every sale, refund and failed refund is in both: what Adyen held is on its way to the bank, less its fees.
  const { items: exceptions } = JSON.parse(
    await centralCommand(['exception', 'list', '--json'], join(folder, 'central.toml')),
  );
  expect({ run: run.run.state, exceptions }).toEqual({ run: 'complete', exceptions: [] });
  expect(await balanceAtAdyen()).toBe(0);
  const check = await centralCommand(['ledger', 'check', '--json'], join(folder, 'central.toml'));
  expect(JSON.parse(check)).toMatchObject({ failures: [] });
}, 120_000);
