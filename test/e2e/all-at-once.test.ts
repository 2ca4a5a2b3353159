// I2 and I15 when a thousand kiosks ask at once, the appliance is killed in the middle of it, and all of them ask again the
// moment it is back.
import { randomUUIDv7 } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Answer } from '../../contract/kiosk-api.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import type { Site } from '../../trial/site.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks } from '../faults/model.ts';
import { catalogueFile, newFolder, openShop, statusOf } from './shop.ts';

const kiosks = 1000;
const answeredBeforeKill = 150;

it('gives a thousand kiosks that come back at once one sale each, and the answer they had', async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    site.link.cut();
    const random = seededRandom(31);
    const products = readProducts(catalogueFile);
    const sales = Array.from({ length: kiosks }, () => ({
      id: randomUUIDv7(),
      body: JSON.stringify(fillBasket(products, random)),
    }));

    const first = new Map<string, Answer>();
    const asking = sales.map(async ({ id, body }) => {
      const answer = await ask(site, id, body).catch(() => null);
      if (answer?.status === 201) first.set(id, answer.body);
    });
    while (first.size < answeredBeforeKill) await sleep(1);
    await site.appliance.kill();
    await Promise.all(asking);
    expect(first.size).toBeLessThan(kiosks);

    await site.appliance.start();
    const again = await Promise.all(sales.map(({ id, body }) => untilAnswered(site, id, body)));
    for (const answer of again) {
      expect(answer).toEqual(first.get(answer.id) ?? answer);
    }
    expect(again.map(({ slip }) => slip).sort((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: kiosks }, (_, i) => i + 1),
    );
    expect((await statusOf(site)).journal.lastSeq).toBe(kiosks);
    site.link.restore();
    await untilSettled(site);
    await site.stop();
    expect(checkBooks(folder, again)).toMatchObject({ wrongs: [], told: kiosks });
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

async function ask(site: Site, id: string, body: string): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${site.applianceUrl}/v1/checkouts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

/** A busy appliance says 503 and when to come back. */
async function untilAnswered(site: Site, id: string, body: string): Promise<Answer> {
  for (let tries = 0; tries < 50; tries++) {
    const answer = await ask(site, id, body).catch(() => null);
    if (answer?.status === 201) return answer.body;
    if (answer && answer.status !== 503 && answer.status !== 429) expect.fail(JSON.stringify(answer));
    await sleep(100);
  }
  return expect.fail(`${id} was not answered`);
}
