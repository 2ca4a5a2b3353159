// Money by the book through real processes: kiosk, appliance, central and two sandboxes as processors. What each sandbox holds
// in the end is asked of it by Stripe's own API: one live charge a checkout, whatever went wrong on the way (I13).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Checkout, KioskClient } from '../../kiosk/client.ts';
import { startSandbox, type TrialSandbox } from '../../trial/sandbox.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { kioskOf, newFolder, openShop, statusOf } from './shop.ts';
import { answerOf, sellBy, totalMinor, untilOutcome } from './till.ts';

let folder: string;
let front: TrialSandbox;
let back: TrialSandbox;
let site: Site;
let kiosk: KioskClient;

beforeAll(async () => {
  folder = newFolder();
  [front, back] = await Promise.all([
    startSandbox({ name: 'front', folder }),
    startSandbox({ name: 'back', folder }),
  ]);
  const settings = { callMsMax: 1000, searchSettledMs: 2000, tokenPrefixes: ['pm_'] };
  site = await openShop(folder, {
    policy: { ...generousPolicy, online: { ...generousPolicy.online, waitMs: 4000 } },
    charging: {
      processors: {
        front: { baseUrl: front.url, settings },
        back: { baseUrl: back.url, settings },
      },
      routing: [{ processors: ['front', 'back'], otherOn: ['other_method'] }],
    },
  });
  kiosk = kioskOf(site);
  while ((await statusOf(site)).link.kind !== 'online') await sleep(50);
}, 60_000);
afterAll(async () => {
  await site.stop();
  await Promise.all([front.program.stop(), back.program.stop()]);
  rmSync(folder, { recursive: true });
});

const sell = (token: string, mode?: Checkout['mode']) => sellBy(kiosk, token, mode);
const outcomeOf = (id: string, outcome: string, timeoutMs?: number) =>
  untilOutcome(kiosk, id, outcome, timeoutMs);

const Payment = z.object({
  status: z.string(),
  amount_received: z.int(),
  metadata: z.object({ holdfast_reference: z.string() }),
});
const Refund = z.object({ amount: z.int(), status: z.string(), metadata: z.record(z.string(), z.string()) });

async function listed<T extends z.ZodType>(
  sandbox: TrialSandbox,
  path: string,
  schema: T,
): Promise<z.infer<T>[]> {
  const headers = { Authorization: `Basic ${btoa('sk_test_any:')}` };
  const answer = await fetch(`${sandbox.url}/v1/${path}?limit=100`, { headers });
  return z.object({ data: z.array(schema) }).parse(await answer.json()).data;
}

/** The states of the payments that were made for a checkout. */
async function paymentsOf(sandbox: TrialSandbox, id: string): Promise<string[]> {
  const payments = await listed(sandbox, 'payment_intents', Payment);
  return payments
    .filter(({ metadata }) => metadata.holdfast_reference.includes(id))
    .map(({ status }) => status);
}

describe('a checkout', () => {
  it('approved offline is captured afterwards, and its exposure ends then', async () => {
    const { id, verdict } = await sell('pm_card_visa');
    expect(verdict).toBe('approved_offline');
    await outcomeOf(id, 'captured');
    expect(await paymentsOf(front, id)).toEqual(['succeeded']);
    expect((await statusOf(site)).exposure.totalMinor).toBe(0);
  });

  it('that a kiosk waits for is authorised by the processor, then captured', async () => {
    const { id, verdict, decidedBy } = await sell('pm_card_visa', 'prefer_online');
    expect({ verdict, decidedBy }).toEqual({ verdict: 'authorised', decidedBy: 'central' });
    await outcomeOf(id, 'captured');
    expect(await paymentsOf(front, id)).toEqual(['succeeded']);
  });

  it('that the processor declines is declined at the kiosk, by its code', async () => {
    const answer = await sell('pm_sandbox_decline_stolen_card', 'prefer_online');
    expect(answer).toMatchObject({ verdict: 'declined', declineCode: 'stolen_card' });
    expect(await paymentsOf(back, answer.id)).toEqual([]);
  });

  it('that one processor declines and another may approve is asked there once', async () => {
    const answer = await sell('pm_card_chargeDeclinedExpiredCard', 'prefer_online');
    expect(answer).toMatchObject({ verdict: 'declined', declineCode: 'expired_card' });
    expect(await paymentsOf(front, answer.id)).toHaveLength(1);
    expect(await paymentsOf(back, answer.id)).toHaveLength(1);
  });

  it('that is given back in part is refunded at the processor', async () => {
    const { id } = await sell('pm_card_visa');
    await outcomeOf(id, 'captured');
    const refund = answerOf(
      await kiosk.refund({ checkoutId: id, currency: 'GBP', totalMinor: 100, reason: 'damaged' }),
    );
    await outcomeOf(refund.id, 'refunded');
    const refunds = await listed(front, 'refunds', Refund);
    expect(refunds.filter(({ metadata }) => metadata.holdfast_reference?.includes(refund.id))).toMatchObject([
      { amount: 100, status: 'succeeded' },
    ]);
  });

  it('that is voided goes back whole', async () => {
    const { id } = await sell('pm_card_visa');
    await outcomeOf(id, 'captured');
    answerOf(await kiosk.void(id, { reason: 'mistake' }));
    await expect
      .poll(
        async () => (await listed(front, 'refunds', Refund)).filter(({ amount }) => amount === totalMinor),
        {
          timeout: 20_000,
        },
      )
      .toHaveLength(1);
  });

  it('whose charge was made and never heard of is looked up, and is not charged again', async () => {
    const { id } = await sell('pm_sandbox_do_then_hang');
    await outcomeOf(id, 'captured');
    expect(await paymentsOf(front, id)).toEqual(['succeeded']);
    expect(await paymentsOf(back, id)).toEqual([]);
  });
});

describe('a processor that is away', () => {
  it('is passed over for the next one, which alone charges', async () => {
    await front.program.stop();
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) ids.push((await sell('pm_card_visa')).id);
    // One that was used to try whether it is back waits for its next turn.
    for (const id of ids) await outcomeOf(id, 'captured', 150_000);
    expect((await standing('front')).breaker).not.toBe('closed');
    const online = await sell('pm_card_visa', 'prefer_online');
    expect(online).toMatchObject({ verdict: 'authorised', decidedBy: 'central' });
    ids.push(online.id);
    await outcomeOf(online.id, 'captured');
    await front.program.start();
    for (const id of ids) {
      expect([await paymentsOf(front, id), await paymentsOf(back, id)]).toEqual([[], ['succeeded']]);
    }
  }, 180_000);

  it('is tried now and then, and used again once it answers', async () => {
    while ((await standing('front')).breaker !== 'closed') {
      const { id } = await sell('pm_card_visa');
      await outcomeOf(id, 'captured');
      await sleep(200);
    }
    const { id } = await sell('pm_card_visa');
    await outcomeOf(id, 'captured');
    expect([await paymentsOf(front, id), await paymentsOf(back, id)]).toEqual([['succeeded'], []]);
  }, 120_000);
});

it('leaves a ledger that is whole', async () => {
  const report = JSON.parse(
    await centralCommand(['ledger', 'check', '--json'], join(folder, 'central.toml')),
  );
  expect(report).toMatchObject({ failures: [] });
});

async function standing(name: string): Promise<{ breaker: string }> {
  const answer = await fetch(`${site.centralUrl}/v1/processors`, {
    headers: { Authorization: `Bearer ${site.operatorKey}` },
  });
  const Processors = z.object({ items: z.array(z.object({ name: z.string(), breaker: z.string() })) });
  const { items } = Processors.parse(await answer.json());
  return items.find((one) => one.name === name) ?? expect.fail(`no processor ${name}`);
}
