// Goods picked short and handed over while the link is cut, over a kill of the appliance: the money that goes back reaches
// the ledger once, and central shows how far the goods are.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Answer, DocumentView } from '../../contract/kiosk-api.ts';
import type { Site } from '../../trial/site.ts';
import { generousPolicy, untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { newFolder, openShop } from './shop.ts';

let folder: string;
let site: Site;
const told: Told[] = [];

beforeAll(async () => {
  folder = newFolder();
  const stock = { ...generousPolicy.stock, taken: 'at_hand_over' as const };
  site = await openShop(folder, { policy: { ...generousPolicy, stock } });
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

async function submit(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${site.applianceUrl}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: JSON.stringify(body),
  });
  const answer = Answer.parse(await response.json());
  told.push({ ...answer });
  return answer;
}
const view = async (id: string) =>
  DocumentView.parse(await (await fetch(`${site.applianceUrl}/v1/checkouts/${id}`)).json());

it('a short pick without a link is refunded once, whatever happens before central hears of it', async () => {
  site.link.cut();
  const { id } = await submit('/v1/checkouts', {
    lines: [
      { sku: 'HF-101', quantity: 3 },
      { sku: 'HF-101', quantity: 1 },
    ],
    currency: 'GBP',
    totalMinor: 740,
    payment: { token: 'tok_1', fingerprint: 'fp_1', scheme: 'visa', last4: '4242' },
  });
  const lines = [
    { line: 0, quantity: 1 },
    { line: 1, quantity: 1 },
  ];
  const short = await submit(`/v1/checkouts/${id}/fulfilment`, { step: 'short_picked', lines });
  expect(short.refund?.totalMinor).toBe(370);
  await site.appliance.kill();
  await site.appliance.start();
  await submit(`/v1/checkouts/${id}/fulfilment`, { step: 'handed_over' });
  await submit('/v1/refunds', { checkoutId: id, lines: [{ line: 1, quantity: 1 }], reason: 'damaged' });
  expect(await view(id)).toMatchObject({ fulfilment: 'handed_over', refundedMinor: 555 });

  site.link.restore();
  await untilSettled(site);
  const headers = { Authorization: `Bearer ${site.operatorKey}` };
  const central = await fetch(`${site.centralUrl}/v1/checkouts/${id}`, { headers });
  expect(await central.json()).toMatchObject({
    fulfilment: 'handed_over',
    refundedMinor: 555,
    movements: [{ reason: 'sale' }, { reason: 'refund' }, { reason: 'refund' }],
  });
  await site.stop();
  expect(checkBooks(folder, told)).toMatchObject({ wrongs: [], entries: 5, approvedMinor: 185 });
}, 60_000);
