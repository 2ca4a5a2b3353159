// npm run bench:drain — a backlog to central over mutual TLS, through real processes: how fast it is durably received,
// what it costs on the wire, and what a kiosk notices meanwhile.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Status } from '../contract/kiosk-api.ts';
import { openSite, type Site } from '../trial/site.ts';
import { incompressibleBytes, policy, products } from './baskets.ts';
import { fillJournal } from './fill-journal.ts';
import type { LoadOptions, LoadResult } from './load.ts';
import { load, startLoad } from './processes.ts';
import { median, report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    entries: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    'kiosk-rate': { type: 'string', default: '100' },
  },
});
const entries = Number(values.entries);
const kioskRate = Number(values['kiosk-rate']);
const root = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const catalogueFile = join(root, 'catalogue.csv');
writeFileSync(
  catalogueFile,
  ['sku,gtin,name,priceMinor,baseQuantity,sellable,quantityMax']
    .concat(
      products.map(
        ({ sku, name, price }) => `${sku},,${name},${price.priceMinor},${price.baseQuantity},true,`,
      ),
    )
    .join('\n'),
);

interface Drain {
  perSecond: number;
  bytesPerCheckout: number;
}
interface Round {
  /** Nobody at the kiosks: the whole machine for the backlog. */
  alone: Drain;
  /** The same backlog until every outcome has come back. */
  bookedPerSecond: number;
  selling: Drain;
  quietP99Ms: number;
  drainingP99Ms: number;
}

try {
  const results: Round[] = [];
  for (let turn = 0; turn < Number(values.rounds); turn++) {
    results.push(await oneRound(join(root, `site-${turn}`)));
    say(JSON.stringify(results.at(-1)));
  }
  const of = (pick: (result: Round) => number) => median(results.map(pick));
  await report(
    'drain',
    {
      checkoutsPerSecond: of((r) => r.alone.perSecond),
      bytesPerCheckout: round(
        of((r) => r.alone.bytesPerCheckout),
        1,
      ),
      kioskP99Ratio: round(of((r) => r.drainingP99Ms / r.quietP99Ms)),
    },
    { entries, kioskRate, incompressibleBytes, results },
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function oneRound(folder: string): Promise<Round> {
  const site = await openSite({ folder, catalogueFile, policy, journalBytesMax: 64 * 1024 ** 3 });
  try {
    await backlog(site);
    const alone = await drain(site);
    await until(site, ({ exposure }) => exposure.totalMinor === 0);
    const bookedPerSecond = Math.round((entries * 1000) / (performance.now() - alone.startMs));
    await backlog(site);
    // In life central is another machine: here it must not take the appliance's share of two cores.
    if (site.central.pid() !== null) setPriority(site.central.pid() ?? 0, constants.priority.PRIORITY_LOW);
    // Warm: what the compiler does in the first seconds would flatter the drain.
    await load(selling(site, 4));
    const quiet = await load(selling(site, 8));
    const { drained, kiosks } = await drainWhileSelling(site);
    return {
      alone,
      bookedPerSecond,
      selling: drained,
      quietP99Ms: round(quiet.p99Ms),
      drainingP99Ms: round(kiosks.p99Ms),
    };
  } finally {
    await site.stop();
  }
}

/** Cuts the link and leaves `entries` checkouts in the journal, as an outage would. */
async function backlog(site: Site): Promise<void> {
  site.link.cut();
  await site.appliance.stop();
  fillJournal(join(site.folder, 'appliance'), entries, () => {});
  await site.appliance.start();
}

/** Heals the link and waits until central's receipt covers the backlog; the clock runs from the welcome. */
async function drain(site: Site): Promise<Drain & { startMs: number }> {
  const { journal } = await status(site);
  const bytesBefore = site.link.bytesUp();
  site.link.restore();
  await until(site, ({ link }) => link.kind === 'online');
  const startMs = performance.now();
  const after = await until(site, ({ journal: now }) => now.receivedThrough >= journal.lastSeq);
  const received = after.journal.receivedThrough - journal.receivedThrough;
  const bytesPerCheckout = (site.link.bytesUp() - bytesBefore) / received;
  return {
    startMs,
    perSecond: Math.round((received * 1000) / (performance.now() - startMs)),
    bytesPerCheckout,
  };
}

async function drainWhileSelling(site: Site): Promise<{ drained: Drain; kiosks: LoadResult }> {
  const running = startLoad(selling(site, 600));
  const drained = await drain(site).finally(() => running.end());
  return { drained, kiosks: await running.result };
}

function selling(site: Site, seconds: number): LoadOptions {
  const port = Number(new URL(site.applianceUrl).port);
  return { port, connections: 8, seconds, perSecond: kioskRate, seed: 11 };
}

async function until(site: Site, reached: (status: Status) => boolean): Promise<Status> {
  const endMs = performance.now() + 300_000;
  while (performance.now() < endMs) {
    const now = await status(site);
    if (reached(now)) return now;
    await sleep(25);
  }
  throw new Error('the backlog did not drain within 300 s');
}

async function status(site: Site): Promise<Status> {
  return (await (await fetch(`${site.applianceUrl}/v1/status`)).json()) as Status;
}
