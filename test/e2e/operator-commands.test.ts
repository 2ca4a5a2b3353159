// What an operator says at central is what the appliance then sells by: every command a process, every word down the feed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KioskClient } from '../../kiosk/client.ts';
import { createCentralApi } from '../../trial/central-api.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { filesOf } from '../../trial/site-folder.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { kioskOf, newFolder, openShop } from './shop.ts';

const folder = newFolder();
let site: Site;
let kiosk: KioskClient;

beforeAll(async () => {
  site = await openShop(folder);
  kiosk = kioskOf(site);
}, 60_000);
afterAll(() => site.stop());

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs the command, and waits until the appliance has applied what it said. */
async function say(...args: string[]): Promise<string> {
  const said = await centralCommand(args, filesOf(folder).centralConfig);
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  const endMs = performance.now() + 20_000;
  for (;;) {
    const feed = await central.feedOf(site.applianceId);
    if (feed && feed.appliedThrough >= feed.head) return said;
    if (performance.now() > endMs) throw new Error(`not applied: ${JSON.stringify(feed)}`);
    await sleep(50);
  }
}

/** Sells at the price that the kiosk shows; answers what became of it and why. */
async function sell(sku: string, quantity: number, priceMinor: number, fingerprint = 'fp_1') {
  const sale = await kiosk.checkout({
    lines: [{ sku, quantity }],
    currency: 'GBP',
    totalMinor: priceMinor * quantity,
    payment: { token: 'tok_1', fingerprint, scheme: 'visa', last4: '4242' },
    mode: 'offline_ok',
  });
  if (!('answer' in sale)) return expect.fail(JSON.stringify(sale));
  return { kind: sale.kind, reasons: sale.answer.reasons };
}

describe('an operator', () => {
  it('publishes a draft, and the appliance sells at its prices only from then on', async () => {
    const draft = file('next.csv', 'sku,name,priceMinor\nHF-101,Oat drink,195\nHF-900,Soap,50\n');
    await say('catalogue', 'import', draft, '--draft');
    expect(await sell('HF-101', 1, 185)).toMatchObject({ kind: 'approved' });
    expect(await say('catalogue', 'publish')).toContain('catalogue version 2: 2 products');
    expect(await sell('HF-101', 1, 185)).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'total_mismatch' }],
    });
    expect(await sell('HF-101', 1, 195)).toMatchObject({ kind: 'approved' });
    expect(await sell('HF-900', 1, 50)).toMatchObject({ kind: 'approved' });
    expect(await sell('HF-102', 1, 215)).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'product_unknown' }],
    });
  });

  it('receives goods, which sell out, and are there again after a count', async () => {
    const on = ['--appliance', site.applianceId];
    await say('stock', 'set', ...on, 'HF-900=1');
    await say('stock', 'receive', ...on, 'HF-900=2');
    expect(await sell('HF-900', 2, 50)).toMatchObject({ kind: 'approved' });
    expect(await sell('HF-900', 2, 50)).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'out_of_stock', left: 1 }],
    });
    await say('stock', 'count', ...on, 'HF-900=6');
    expect(await sell('HF-900', 2, 50)).toMatchObject({ kind: 'approved' });
  });

  it('stops a card, and takes it again', async () => {
    await say('hot-list', 'add', 'fp_stolen');
    expect(await sell('HF-101', 1, 195, 'fp_stolen')).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'card_not_taken' }],
    });
    expect(await sell('HF-101', 1, 195, 'fp_other')).toMatchObject({ kind: 'approved' });
    await say('hot-list', 'remove', 'fp_stolen');
    expect(await sell('HF-101', 1, 195, 'fp_stolen')).toMatchObject({ kind: 'approved' });
  });

  it('lowers a limit, and the next checkout above it is refused', async () => {
    const policy = { ...generousPolicy, checkout: { totalMinorMax: 400 } };
    await say('policy', 'set', file('policy.json', JSON.stringify(policy)));
    expect(await sell('HF-101', 2, 195)).toMatchObject({ kind: 'approved' });
    expect(await sell('HF-101', 3, 195)).toMatchObject({ reasons: [{ code: 'checkout_above_limit' }] });
  });
});
