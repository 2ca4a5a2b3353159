// I4, I5 and I10 in bad weather: frames and receipts are lost, repeated and overtaken, links break, both ends restart.
import { hash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Checkout } from '../../contract/checkout.ts';
import type { Product } from '../../contract/feed.ts';
import { Policy } from '../../contract/policy.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { type LossySite, openLossySite } from './lossy-site.ts';

const products: Product[] = [
  { sku: 'tea', name: 'Tea', price: { priceMinor: 250, baseQuantity: 1 }, sellable: true },
  { sku: 'nails', name: 'Nails', price: { priceMinor: 35, baseQuantity: 10 }, sellable: true },
];
const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 10_000_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});

// A seed that ever failed is kept here.
it.each([1, 2, 3, 4])(
  'receives and books everything once, whatever the link does (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-sim-'));
    const site = await openLossySite(folder, random, { policy, products });
    const told: Told[] = [];
    const waiting: string[] = [];

    // The first contact in fair weather: before it there is no catalogue to sell from.
    site.healLink();
    await untilSettled(site);

    Object.assign(site.weather, { lost: 0.25, repeated: 0.2, delayMsMax: 60 });
    let receivedBefore = 0;
    for (let step = 0; step < 60; step++) {
      for (let i = Math.floor(random() * 6); i > 0; i--) sell(site, random, told, waiting);
      happen(site, random());
      if (random() < 0.6) await stopWaiting(site, waiting, told);
      await site.pass(random() < 0.1 ? 11_000 * random() ** 4 : 50);

      const { receivedThrough, lastSeq } = site.position();
      expect(receivedThrough).toBeGreaterThanOrEqual(receivedBefore);
      expect(receivedThrough).toBeLessThanOrEqual(lastSeq);
      // What the appliance may forget, central has committed.
      expect(receivedThrough).toBeLessThanOrEqual(site.centralReceivedThrough());
      receivedBefore = receivedThrough;
    }

    Object.assign(site.weather, { lost: 0, repeated: 0, delayMsMax: 20 });
    while (waiting.length > 0) await stopWaiting(site, waiting, told);
    site.breakLink();
    site.healLink();
    await untilSettled(site);
    site.close();
    const findings = checkBooks(folder, told);
    expect(findings.wrongs).toEqual([]);
    expect(findings.entries).toBe(told.length);
    rmSync(folder, { recursive: true });
  },
);

function happen(site: LossySite, dice: number): void {
  if (dice < 0.08) site.breakLink();
  else if (dice < 0.3) site.healLink();
  else if (dice < 0.34) site.restartAppliance();
  else if (dice < 0.38) site.restartCentral();
}

/** One kiosk has waited long enough for its answer: whatever the store says now holds. */
async function stopWaiting(site: LossySite, waiting: string[], told: Told[]): Promise<void> {
  const id = waiting.shift();
  if (id === undefined) return;
  const answer = site.submit('decideLate', { id });
  if (answer.kind !== 'answered') throw new Error(`not decided: ${answer.kind}`);
  told.push({ ...answer.answer });
}

const tokens = ['tok_x', 'tok_decline_no_funds', 'tok_unknown', 'tok_slow_40', 'tok_slow_300'];
const modes = ['require_online', 'prefer_online', 'prefer_online', 'offline_ok'] as const;

function sell(site: LossySite, random: () => number, told: Told[], waiting: string[]): void {
  const quantity = 1 + Math.floor(random() * 20);
  const tea = random() < 0.5;
  const checkout = Checkout.parse({
    lines: [{ sku: tea ? 'tea' : 'nails', quantity }],
    currency: 'GBP',
    totalMinor: tea ? 250 * quantity : Math.floor((35 * quantity) / 10 + 0.5),
    payment: {
      token: tokens[Math.floor(random() * tokens.length)],
      fingerprint: 'fp_x',
      scheme: 'visa',
      last4: '4242',
    },
    mode: modes[Math.floor(random() * modes.length)],
  });
  const id = randomUUID();
  const answer = site.submit('checkout', {
    id,
    requestHash: hash('sha256', String(random())),
    checkout,
  });
  if (answer.kind === 'unaccepted') throw new Error(`not answered: ${answer.code}`);
  if (answer.kind === 'answered') told.push({ ...answer.answer });
  else waiting.push(id);
}

async function untilSettled(site: LossySite): Promise<void> {
  // Two resends of either end lie within this time.
  for (let i = 0; i < 300 && !site.settled(); i++) await site.pass(100);
  expect(site.settled()).toBe(true);
}
