// The site that the kiosk page is tried at: what it sells, by which rules, and what its journal has.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DocumentView } from '../../contract/kiosk-api.ts';
import { Policy } from '../../contract/policy.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { centralCommand, openSite, type Site } from '../../trial/site.ts';

const daemonMain = mainOf('holdfast');

export const oatDrink = '2410000102037';
export const butter = '2410021103143';
export const trout = '2410140109439';
export const cider = '2410210113113';
export const crackers = '2410217113482';
/** As many as there are of them; nobody counted the others. */
export const crackersCounted = 3;

const applianceId = 'leeds-1';

/** Limits that a test can reach with few scans, and a wait for central that a slow card outlasts. */
const policy = Policy.parse({
  currency: 'GBP',
  online: { waitMs: 3000 },
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 1_000_000, checkoutMinorMax: 20_000 },
  offline: { hoursMax: 12 },
  tax: { prices: 'inclusive', rates: { standard: 2000, food: 0 } },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});

export async function openPageShop(folder: string): Promise<Site> {
  const catalogueFile = join(import.meta.dirname, 'catalogue.csv');
  const site = await openSite({ folder, catalogueFile, policy, applianceId });
  const counted = `HF-132=${crackersCounted}`;
  const config = join(folder, 'central.toml');
  await centralCommand(['stock', 'set', '--appliance', applianceId, counted], config);
  return site;
}

/** A link that is back, and everything sold without it handed over: only then central is asked again. */
export async function untilCaughtUp(site: Site): Promise<void> {
  site.link.restore();
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const status = await kiosk.status();
    const { link, journal } = status.kind === 'found' ? status.value : {};
    if (link?.kind === 'online' && journal?.pending === 0) return;
    await sleep(50);
  }
  throw new Error('the appliance has not caught up after 30 s');
}

/** Every document of the appliance's journal, the newest first. */
export async function documentsOf(site: Site): Promise<DocumentView[]> {
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
  const page = await kiosk.list({ limit: 100 });
  if (page.kind !== 'found') throw new Error(`no documents: ${JSON.stringify(page)}`);
  return page.value.items;
}

/** A code of the technician's command, as it is printed for a kiosk. */
export async function pairingCode(site: Site, name: string, scopes = 'sell,read'): Promise<string> {
  const printed = await kioskCommand(site, ['pair', '--name', name, '--scopes', scopes, '--json']);
  return (JSON.parse(printed) as { code: string }).code;
}

export async function revoke(site: Site, name: string): Promise<void> {
  await kioskCommand(site, ['revoke', name]);
}

/** `holdfast kiosk …` at the site's appliance; resolves with what it printed. */
async function kioskCommand(site: Site, args: string[]): Promise<string> {
  const line = [daemonMain, 'kiosk', ...args, '--config', join(site.folder, 'appliance.toml')];
  return (await promisify(execFile)(process.execPath, line)).stdout;
}
