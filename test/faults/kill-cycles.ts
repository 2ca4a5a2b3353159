// Kills the appliance, and now and then central, with SIGKILL at random moments while kiosks sell and keep retrying, and
// cuts the link in between; then heals everything and asks the model.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Policy } from '../../contract/policy.ts';
import { createKioskClient, type KioskClient, type Submission } from '../../kiosk/client.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { createCentralApi } from '../../trial/central-api.ts';
import { openSite, type Site } from '../../trial/site.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import { checkBooks, type Findings, type Told } from './model.ts';

export interface KillOptions {
  folder: string;
  cycles: number;
  kiosks: number;
  seed: number;
  onCycle?: (cycle: number, told: number) => void;
}

const catalogueFile = join(import.meta.dirname, '..', '..', 'trial', 'start', 'catalogue.csv');
const settledMsMax = 60_000;

export const generousPolicy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 10_000_000 },
  exposure: { totalMinorMax: Number.MAX_SAFE_INTEGER },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'allowed', totalMinorMax: 10_000_000 },
});

/** Runs the cycles and returns what the model finds; both programs have stopped by then. */
export async function runKillCycles(options: KillOptions): Promise<Findings> {
  const random = seededRandom(options.seed);
  const site = await openSite({ folder: options.folder, catalogueFile, policy: generousPolicy });
  const told: Told[] = [];
  try {
    let selling = true;
    const kiosks = Array.from({ length: options.kiosks }, () => sell(site, random, told, () => selling));
    for (let cycle = 1; cycle <= options.cycles; cycle++) {
      await oneCycle(site, random);
      options.onCycle?.(cycle, told.length);
    }
    site.link.restore();
    selling = false;
    await Promise.all(kiosks);
    await untilSettled(site);
  } finally {
    await site.stop();
  }
  return checkBooks(options.folder, told);
}

async function oneCycle(site: Site, random: () => number): Promise<void> {
  const dice = random();
  if (dice < 0.2) site.link.cut();
  else if (dice < 0.6) site.link.restore();
  // Soon after the start is as likely as later: recovery itself must survive a kill.
  await sleep(Math.floor(random() ** 2 * 500));
  const victim = random() < 0.2 ? site.central : site.appliance;
  await victim.kill();
  await victim.start();
}

/** One kiosk: mostly sales, sometimes a void or a refund of an earlier one; every 201 is remembered, repeats too. */
async function sell(site: Site, random: () => number, told: Told[], goesOn: () => boolean): Promise<void> {
  const products = readProducts(catalogueFile);
  const client = createKioskClient({ baseUrl: site.applianceUrl, retry: { delayMsMax: 200 } });
  const approved: string[] = [];
  while (goesOn()) {
    const submission = await untilAnswered(client, await submit(client, products, random, approved));
    if (submission.kind === 'invalid' || submission.kind === 'unavailable') {
      throw new Error(`a kiosk was told ${submission.kind}: ${JSON.stringify(submission)}`);
    }
    const { answer } = submission;
    told.push({ ...answer });
    if (submission.kind === 'approved' && answer.kind === 'checkout') approved.push(answer.id);
  }
}

function submit(
  client: KioskClient,
  products: ReturnType<typeof readProducts>,
  random: () => number,
  approved: string[],
): Promise<Submission> {
  const dice = random();
  const earlier = approved.length > 0 && dice < 0.15 ? approved.pop() : undefined;
  if (earlier === undefined) return client.checkout(fillBasket(products, random));
  if (dice < 0.08) return client.void(earlier, { reason: 'changed their mind' });
  return client.refund({ checkoutId: earlier, currency: 'GBP', totalMinor: 1, reason: 'a scratch' });
}

async function untilAnswered(client: KioskClient, first: Submission): Promise<Submission> {
  let submission = first;
  while (submission.kind === 'unavailable') {
    await sleep(20);
    submission = (await client.resume())[0] ?? submission;
  }
  return submission;
}

/** Waits until nothing is pending, everything is booked, and the last outcome has come back. */
export async function untilSettled(site: Site): Promise<void> {
  const client = createKioskClient({ baseUrl: site.applianceUrl });
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  const deadline = performance.now() + settledMsMax;
  while (performance.now() < deadline) {
    const status = await client.status();
    const feed = await central.feedOf(site.applianceId);
    if (status.kind === 'found' && feed) {
      const { journal, exposure } = status.value;
      const last = await central.entries(journal.journalId, journal.lastSeq - 1);
      const booked = journal.lastSeq === 0 || last.at(-1)?.seq === journal.lastSeq;
      if (journal.pending === 0 && booked && feed.appliedThrough === feed.head && exposure.totalMinor === 0)
        return;
    }
    await sleep(50);
  }
  throw new Error(`not settled after ${settledMsMax} ms`);
}
