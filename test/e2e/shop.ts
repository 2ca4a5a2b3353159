// A site for the tests of this folder: opened in a folder of its own, sold at through the SDK, and settled before its
// books are judged.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Status } from '../../contract/kiosk-api.ts';
import { createKioskClient, type KioskClient } from '../../kiosk/client.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { openSite, type Site, type SiteOptions } from '../../trial/site.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import type { Told } from '../faults/model.ts';

export const catalogueFile = join(import.meta.dirname, '..', '..', 'trial', 'start', 'catalogue.csv');
const kiosksSelling = 16;

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
}

export function openShop(folder: string, options: Partial<SiteOptions> = {}): Promise<Site> {
  return openSite({ folder, catalogueFile, policy: generousPolicy, ...options });
}

export function kioskOf(site: Site): KioskClient {
  return createKioskClient({ baseUrl: site.applianceUrl });
}

/** Sells `count` baskets at several kiosks; resolves with what each was told once all are approved. */
export async function sell(site: Site, count: number, seed: number): Promise<Told[]> {
  const random = seededRandom(seed);
  const products = readProducts(catalogueFile);
  const told: Told[] = [];
  let begun = 0;
  const oneKiosk = async () => {
    const kiosk = kioskOf(site);
    while (begun < count) {
      begun++;
      const sale = await kiosk.checkout(fillBasket(products, random));
      if (sale.kind !== 'approved') expect.fail(`a kiosk was told ${JSON.stringify(sale)}`);
      told.push({ ...sale.answer });
    }
  };
  await Promise.all(Array.from({ length: kiosksSelling }, oneKiosk));
  return told;
}

export async function statusOf(site: Site): Promise<Status> {
  const status = await kioskOf(site).status();
  if (status.kind !== 'found') return expect.fail(`no status: ${JSON.stringify(status)}`);
  return status.value;
}
