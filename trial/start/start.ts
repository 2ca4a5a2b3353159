// The site in a box: opened, selling, watched, and stopped in order with both books compared at the end.
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Policy } from '../../contract/policy.ts';
import { readSettledBooks } from '../books.ts';
import { createCentralApi } from '../central-api.ts';
import { type Comparison, compareBooks } from '../compare.ts';
import { openSite, type Site } from '../site.ts';
import { type Acts, createActs } from './acts.ts';
import type { Face } from './face.ts';
import { runKiosks } from './kiosks.ts';
import { createObserver, type Observation } from './observe.ts';
import type { StartOptions } from './options.ts';
import { currency, readProducts } from './shopping.ts';
import type { View } from './view.ts';

export type Ending =
  /** Everything has arrived and both books were compared. */
  | { kind: 'compared'; comparison: Comparison }
  /** The link is cut: the rest waits in the journal for the next start. */
  | { kind: 'pending'; entries: number; pending: number }
  /** There was no time to wait for the rest: quit was asked for twice. */
  | { kind: 'hurried' };

/** Careful enough that its limits can be met within minutes of an outage. */
const policy = Policy.parse({
  currency,
  checkout: { totalMinorMax: 20_000 },
  exposure: { totalMinorMax: 250_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});

const catalogueFile = join(import.meta.dirname, 'catalogue.csv');
const lookEveryMs = 250;
/** Who may do everything at the operators' page of a trial. */
const operator = 'you';
const eventsKept = 100;
/** A sale at hand may take so long at closing time. */
const graceMs = 3000;

export interface Wishes {
  /** Close the shop, wait for the rest, compare. */
  quit: AbortSignal;
  /** Do not even wait for the rest. */
  hurry: AbortSignal;
}

/** Opens the site and sells until told to quit. Rejects when a program cannot be kept running. */
export async function runSite(
  options: StartOptions,
  face: Face,
  wishes: Wishes,
  onOpen: (acts: Acts) => void,
): Promise<Ending> {
  const startMs = performance.now();
  const failure = new AbortController();
  const quit = AbortSignal.any([wishes.quit, failure.signal]);
  const events: { atMs: number; text: string }[] = [];
  const note = (text: string) => {
    events.push({ atMs: Date.now(), text });
    if (events.length > eventsKept) events.shift();
  };

  const opened: { acts: Acts | null } = { acts: null };
  const site = await openSite({
    folder: options.folder,
    catalogueFile,
    policy,
    onStep: face.step,
    onCrash: (program, how) => opened.acts?.crashed(program, how),
  });
  try {
    const acts = createActs(site, {
      onEvent(text) {
        note(text);
        face.event(text);
      },
      onFailed: (error) => failure.abort(error),
    });
    opened.acts = acts;
    onOpen(acts);
    const closeTimers = setTimers(options, acts);
    const signs = signsOf(site, await createCentralApi({ ...site, url: site.centralUrl }).linkFor(operator));
    const view = (observation: Observation): View => ({
      observation,
      link: site.link.state(),
      runningMs: performance.now() - startMs,
      events,
      signs,
      keys: face.keys,
      busy: acts.busy(),
    });
    const selling = sellUntil(quit, site, options.kiosks, note);
    await watch(site, face, view, quit);
    closeTimers();
    await selling;
    await acts.idle();
    face.end();
    failure.signal.throwIfAborted();
    return await endOf(site, face, wishes.hurry);
  } finally {
    face.end();
    await site.stop();
  }
}

/** What the keys do, by the clock. */
function setTimers(options: StartOptions, acts: Acts): () => void {
  const wishes: [number | null, () => void][] = [
    [options.cutAfter, acts.cut],
    [options.restoreAfter, acts.restore],
    [options.killAfter, acts.kill],
  ];
  const timers = wishes.flatMap(([seconds, act]) =>
    seconds === null ? [] : [setTimeout(act, seconds * 1000)],
  );
  return () => timers.forEach(clearTimeout);
}

async function sellUntil(
  quit: AbortSignal,
  site: Site,
  kiosks: number,
  note: (text: string) => void,
): Promise<void> {
  const patience = new AbortController();
  const kioskFolder = join(site.folder, 'kiosks');
  const closed = runKiosks({
    applianceUrl: site.applianceUrl,
    count: kiosks,
    products: readProducts(catalogueFile),
    folder: kioskFolder,
    onEvent: note,
    closing: quit,
    signal: patience.signal,
  });
  quit.addEventListener('abort', () => setTimeout(() => patience.abort(), graceMs).unref());
  await closed;
}

/** Looks and shows until it is time to quit. */
async function watch(
  site: Site,
  face: Face,
  view: (observation: Observation) => View,
  quit: AbortSignal,
): Promise<void> {
  const observer = createObserver(site);
  while (!quit.aborted) {
    face.show(view(await observer.look()));
    await sleep(lookEveryMs, undefined, { signal: quit }).catch(() => {});
  }
}

async function endOf(site: Site, face: Face, hurry: AbortSignal): Promise<Ending> {
  if (hurry.aborted) return { kind: 'hurried' };
  const { status } = await createObserver(site).look();
  if (site.link.state() === 'cut' && status && status.journal.pending > 0) {
    return { kind: 'pending', entries: status.journal.lastSeq, pending: status.journal.pending };
  }
  face.step('waiting for the rest to be booked, then comparing journal and ledger');
  try {
    const books = await readSettledBooks(site, { stillMsMax: 20_000, signal: hurry });
    return { kind: 'compared', comparison: compareBooks(books) };
  } catch (error) {
    if (hurry.aborted) return { kind: 'hurried' };
    throw error;
  }
}

/** Where to look, and one sale to paste: in lines of at most 80 columns that a shell takes as they are. */
function signsOf(site: Site, link: string | null): string[] {
  const near = (path: string) => {
    const short = relative(process.cwd(), path);
    return short.startsWith('..') ? path : short;
  };
  return [
    `appliance  ${site.applianceUrl}   logs: ${near(join(site.folder, 'logs'))}`,
    `central    ${site.centralUrl}   key: ${near(site.operatorKeyFile)}`,
    ...(link === null
      ? [`operators  ${site.centralUrl}/   sign in as ${operator}`]
      : [`operators' page, in a browser on this machine, opens once for ${operator}:`, link]),
    `curl -s ${site.applianceUrl}/v1/checkouts -H content-type:application/json \\`,
    `  -H idempotency-key:${randomUUID()} -d '{"currency":"GBP",`,
    '  "lines":[{"sku":"HF-101","quantity":1}],"totalMinor":185,"payment":{"token":',
    '  "tok_1","fingerprint":"fp_1","scheme":"visa","last4":"4242"}}\'',
  ];
}
