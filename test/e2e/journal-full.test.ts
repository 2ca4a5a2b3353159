// A journal that has reached its bound: kiosks are told so, what was accepted stays and goes up, and a higher bound is
// all it takes to sell again.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Answer, Problem } from '../../contract/kiosk-api.ts';
import type { Site } from '../../trial/site.ts';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { kioskOf, newFolder, openShop, sell } from './shop.ts';

const mebibyte = 1024 * 1024;
/** Half a mebibyte above the reserve that an appliance keeps unless told otherwise. */
const journalBytesMax = 32.5 * mebibyte;

it('answers 507 when the journal is full, loses nothing, and sells again under a higher bound', async () => {
  const folder = newFolder();
  let site = await openShop(folder, { journalBytesMax });
  const told: Told[] = [];
  try {
    const refused = await sellUntilRefused(site, told);
    expect(refused.status).toBe(507);
    expect(refused.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(Problem.parse(await refused.json()).code).toBe('journal_full');
    expect(told.length).toBeGreaterThan(40);

    // What the reserve is for: corrections and the way up go on.
    const [first] = told;
    const voided = await kioskOf(site).void(first?.id ?? '', { reason: 'changed their mind' });
    if (voided.kind !== 'approved') expect.fail(JSON.stringify(voided));
    told.push({ ...voided.answer });
    await untilSettled(site);

    await site.stop();
    site = await openShop(folder, { journalBytesMax: 64 * mebibyte });
    told.push(...(await sell(site, 50, 2)));
    await untilSettled(site);
    await site.stop();
    const findings = checkBooks(folder, told);
    expect(findings.wrongs).toEqual([]);
    expect(findings).toMatchObject({ entries: told.length, ledgerMinor: findings.approvedMinor });
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

/** Sells one large basket after the other; resolves with the first answer that is no 201. */
async function sellUntilRefused(site: Site, told: Told[]): Promise<Response> {
  const lines = Array.from({ length: 40 }, () => ({ sku: 'HF-101', quantity: 1 }));
  const payment = { token: 'tok_1', fingerprint: 'fp_1', scheme: 'visa', last4: '4242' };
  const body = JSON.stringify({ lines, currency: 'GBP', totalMinor: 185 * lines.length, payment });
  for (;;) {
    const response = await fetch(`${site.applianceUrl}/v1/checkouts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
      body,
    });
    if (response.status !== 201) return response;
    told.push({ ...Answer.parse(await response.json()) });
  }
}
