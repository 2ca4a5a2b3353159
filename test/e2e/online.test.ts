// The online path through real processes: central decides while there is a link, the appliance when there is none, and
// what central authorised for a refused checkout is taken back, whichever of the two comes first.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkout, createKioskClient, type KioskClient, type Submission } from '../../kiosk/client.ts';
import type { KioskEvent } from '../../kiosk/events.ts';
import type { Site } from '../../trial/site.ts';
import { readProducts } from '../../trial/start/shopping.ts';
import { generousPolicy, untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { catalogueFile, kioskOf, newFolder, openShop } from './shop.ts';

let folder: string;
let site: Site;
let kiosk: KioskClient;
const told: Told[] = [];
const seen: KioskEvent[] = [];
const watching = new AbortController();

beforeAll(async () => {
  folder = newFolder();
  site = await openShop(folder, {
    policy: { ...generousPolicy, online: { ...generousPolicy.online, waitMs: 1500 } },
  });
  kiosk = kioskOf(site);
  void (async () => {
    for await (const event of kiosk.events({ signal: watching.signal })) seen.push(event);
  })();
}, 60_000);
afterAll(async () => {
  watching.abort();
  await site.stop();
});

const product = readProducts(catalogueFile)[0] ?? expect.fail('no product');
const basket = (token: string, changes: Partial<Checkout> = {}): Checkout => ({
  lines: [{ sku: product.sku, quantity: product.price.baseQuantity }],
  currency: 'GBP',
  totalMinor: product.price.priceMinor,
  payment: { token, fingerprint: 'fp_1', scheme: 'visa', last4: '4242' },
  ...changes,
});

async function sell(token: string, changes: Partial<Checkout> = {}, seller = kiosk) {
  const submission = await seller.checkout(basket(token, changes));
  remember(submission);
  return summary(submission);
}

function remember(submission: Submission): void {
  if ('answer' in submission) told.push({ ...submission.answer });
}

function summary(submission: Submission) {
  if (!('answer' in submission)) return expect.fail(JSON.stringify(submission));
  const { id, decidedBy, reasons, verdict } = submission.answer;
  return { id, kind: submission.kind, decidedBy, verdict, reasons: reasons.map(({ code }) => code) };
}

async function untilOnline(): Promise<void> {
  await expect
    .poll(
      async () => {
        const status = await kiosk.status();
        return status.kind === 'found' && status.value.link.kind;
      },
      { timeout: 20_000 },
    )
    .toBe('online');
}

const outcomeOf = (id: string, outcome: string) =>
  expect
    .poll(
      async () => {
        const view = await kiosk.get(id);
        return view.kind === 'found' && view.value.outcome?.kind;
      },
      { timeout: 20_000 },
    )
    .toBe(outcome);

describe('with a link', () => {
  it('central authorises, and declines with its code', async () => {
    await untilOnline();
    expect(await sell('tok_1')).toMatchObject({
      kind: 'approved',
      decidedBy: 'central',
      verdict: 'authorised',
    });
    const submission = await kiosk.checkout(basket('tok_decline_stolen_card'));
    remember(submission);
    expect(submission).toMatchObject({ kind: 'declined', answer: { declineCode: 'stolen_card' } });
  });

  it('a slow central is not waited for longer than the policy says, and its word ends the exposure later', async () => {
    const sale = await sell('tok_slow_2500');
    expect(sale).toMatchObject({
      verdict: 'approved_offline',
      decidedBy: 'appliance',
      reasons: ['central_late'],
    });
    await outcomeOf(sale.id, 'authorised');
  });

  it('a kiosk that can wait longer says so', async () => {
    const patient = createKioskClient({ baseUrl: site.applianceUrl, onlineWaitSeconds: 10 });
    expect(await sell('tok_slow_2200', {}, patient)).toMatchObject({ verdict: 'authorised' });
  });

  it('a slow authorisation of what was refused by then is taken back', async () => {
    const sale = await sell('tok_slow_2500', { mode: 'require_online' });
    expect(sale).toMatchObject({ kind: 'refused', reasons: ['online_required', 'central_late'] });
    await outcomeOf(sale.id, 'reversed');
  });

  it('what central cannot say the appliance decides', async () => {
    expect(await sell('tok_unknown')).toMatchObject({
      verdict: 'approved_offline',
      reasons: ['central_late'],
    });
  });
});

describe('without', () => {
  it('a link that is cut while a kiosk waits is said, and the sale goes on', async () => {
    const sale = sell('tok_slow_60000');
    await sleep(300);
    site.link.cut();
    expect(await sale).toMatchObject({ verdict: 'approved_offline', reasons: ['link_down'] });
    expect(await sell('tok_1')).toMatchObject({ verdict: 'approved_offline', reasons: ['link_down'] });
    expect(await sell('tok_1', { mode: 'require_online' })).toMatchObject({
      kind: 'refused',
      reasons: ['online_required', 'link_down'],
    });
    site.link.restore();
    await untilOnline();
  });

  it('central, killed while kiosks wait, keeps what was due', async () => {
    const slow = sell('tok_slow_2500', { mode: 'require_online' });
    await sleep(500);
    await site.central.kill();
    const refused = await slow;
    expect(refused).toMatchObject({ kind: 'refused' });
    await site.central.start();
    await untilOnline();
    await outcomeOf(refused.id, 'reversed');
  });

  it('an appliance that is killed while a kiosk waits tells it all the same, once', async () => {
    const sale = sell('tok_slow_300');
    await sleep(150);
    await site.appliance.kill();
    await site.appliance.start();
    expect((await sale).kind).toBe('approved');
    await untilOnline();
  });
});

it('told every event once, and both books agree in the end', async () => {
  await untilSettled(site);
  await expect.poll(() => decided().length, { timeout: 10_000 }).toBe(told.length);
  expect(new Set(decided()).size).toBe(told.length);
  watching.abort();
  await site.stop();
  const findings = checkBooks(folder, told);
  expect(findings.wrongs).toEqual([]);
  expect(findings.ledgerMinor).toBe(findings.approvedMinor);
  rmSync(folder, { recursive: true });
});

/** The documents that the events told a final verdict of. */
function decided(): string[] {
  return seen.flatMap((event) => {
    const final =
      event.kind === 'decision' || (event.kind === 'document' && event.answer.verdict !== 'pending');
    return final && 'answer' in event ? [event.answer.id] : [];
  });
}
