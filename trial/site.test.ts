// A real site: both programs as processes, mutual TLS, the link in between.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Policy } from '../contract/policy.ts';
import { createKioskClient, type KioskClient } from '../kiosk/client.ts';
import { readSettledBooks } from './books.ts';
import { compareBooks } from './compare.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';

const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 1_000_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
const folder = mkdtempSync(join(tmpdir(), 'site-'));
const steps: string[] = [];
const options: SiteOptions = {
  folder,
  catalogueFile: join(import.meta.dirname, 'start', 'catalogue.csv'),
  policy,
  onStep: (step) => steps.push(step),
};

let site: Site;
let kiosk: KioskClient;
beforeAll(async () => {
  site = await openSite(options);
  kiosk = createKioskClient({ baseUrl: site.applianceUrl });
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

async function sell(quantity: number) {
  const submission = await kiosk.checkout(sale(quantity));
  expect(submission.kind).toBe('approved');
  return submission.id;
}

async function booksAgree() {
  const comparison = compareBooks(await readSettledBooks(site));
  expect(comparison.differences).toEqual([]);
  return comparison;
}

describe('a site', () => {
  it('sells, and what it sold arrives in the ledger', async () => {
    await sell(1);
    const id = await sell(2);
    expect(await kiosk.void(id, { reason: 'changed their mind' })).toMatchObject({ kind: 'approved' });
    expect(await kiosk.checkout({ ...sale(1), totalMinor: 1 })).toMatchObject({ kind: 'refused' });
    expect(await booksAgree()).toMatchObject({ entries: 4, journalTotalMinor: 555, voidTotalMinor: 370 });
  });

  it('goes on selling while the link is cut and the appliance is killed, and nothing is lost', async () => {
    site.link.cut();
    await sell(3);
    const pending = sell(4);
    await site.appliance.kill();
    await site.appliance.start();
    await pending;
    const status = await kiosk.status();
    expect(status).toMatchObject({ value: { journal: { lastSeq: 6, pending: 2 } } });
    site.link.restore();
    expect(await booksAgree()).toMatchObject({ entries: 6 });
  });

  it('keeps the operator key for its owner only and out of the logs', () => {
    expect(statSync(site.operatorKeyFile).mode & 0o777).toBe(0o600);
    expect(site.operatorKey.length).toBeGreaterThan(20);
    expect(readFileSync(site.central.logFile, 'utf8')).not.toContain(site.operatorKey);
  });

  it('is not opened twice at the same time', async () => {
    await expect(openSite(options)).rejects.toMatchObject({ code: 'already_running' });
  });

  it('goes on with the same journal, ledger and addresses when it is opened again', async () => {
    await site.stop();
    const before = site;
    steps.length = 0;
    site = await openSite(options);
    expect(site).toMatchObject({ applianceUrl: before.applianceUrl, operatorKey: before.operatorKey });
    expect(steps).not.toContain('importing the catalogue');
    await sell(1);
    expect(await booksAgree()).toMatchObject({ entries: 7 });
  });
});

function sale(quantity: number) {
  return {
    lines: [{ sku: 'HF-101', quantity }],
    currency: 'GBP',
    totalMinor: 185 * quantity,
    payment: { token: 'tok_1', fingerprint: 'fp_1', scheme: 'visa', last4: '4242' },
    mode: 'offline_ok' as const,
  };
}
