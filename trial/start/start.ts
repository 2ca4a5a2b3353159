// The site in a box: opened, selling, watched, and stopped in order with both books compared at the end.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Policy } from '../../contract/policy.ts';
import { type Books, joinBooks, readSettledBooks } from '../books.ts';
import { type CentralApi, createCentralApi } from '../central-api.ts';
import { compareBooks } from '../compare.ts';
import type { Box } from '../site.ts';
import { type Acts, createActs } from './acts.ts';
import { type Boxes, openBoxes } from './boxes.ts';
import type { Ending, Waiting } from './ending.ts';
import type { Face } from './face.ts';
import { runKiosks } from './kiosks.ts';
import { createObserver, type Observation, type Observer } from './observe.ts';
import type { StartOptions } from './options.ts';
import { currency, readProducts } from './shopping.ts';
import { signsOf } from './signs.ts';
import type { View } from './view.ts';

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
/** A box says how it is some seconds after it has a link. */
const reportMsMax = 10_000;
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
  const boxes = await openBoxes(options.appliances, {
    folder: options.folder,
    catalogueFile,
    policy,
    onStep: face.step,
    onCrash: (program, how) => opened.acts?.crashed(program, how),
  });
  try {
    const { site, all } = boxes;
    const acts = createActs(all, {
      onEvent(text) {
        note(text);
        face.event(text);
      },
      onFailed: (error) => failure.abort(error),
    });
    opened.acts = acts;
    onOpen(acts);
    const central = createCentralApi({ ...site, url: site.centralUrl });
    // A fleet has a box in need of a look.
    const last = all.at(-1);
    const cutting = all.length > 1 && last ? cutOff(last, acts, central, quit) : Promise.resolve();
    const closeTimers = setTimers(options, acts);
    const link = await central.linkFor(operator);
    const signs = signsOf(site, operator, link);
    const view = (observation: Observation): View => ({
      observation,
      chosen: acts.chosen(),
      runningMs: performance.now() - startMs,
      events,
      signs,
      keys: face.keys,
      busy: acts.busy(),
    });
    const observer = createObserver(site, all);
    const selling = sellUntil(quit, boxes, options.kiosks, note);
    await watch(observer, face, view, quit);
    closeTimers();
    await Promise.all([selling, cutting]);
    await acts.idle();
    face.end();
    failure.signal.throwIfAborted();
    return await endOf(boxes, observer, face, wishes.hurry);
  } finally {
    face.end();
    await boxes.stop();
  }
}

/** Once it has said how it is: what central knows of it from then on is all there is to see. */
async function cutOff(box: Box, acts: Acts, central: CentralApi, quit: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + reportMsMax;
  while (!quit.aborted && performance.now() < deadlineMs) {
    if (await central.hasReported(box.applianceId).catch(() => false)) break;
    await sleep(lookEveryMs, undefined, { signal: quit }).catch(() => {});
  }
  if (!quit.aborted) acts.cut(box);
}

/** What the keys do, by the clock. */
function setTimers(options: StartOptions, acts: Acts): () => void {
  const wishes: [number | null, () => void][] = [
    [options.cutAfter, () => acts.cut()],
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
  { all }: Boxes,
  kiosks: number,
  note: (text: string) => void,
): Promise<void> {
  const patience = new AbortController();
  const products = readProducts(catalogueFile);
  const closed = all.map(({ folder, applianceId, applianceUrl }) =>
    runKiosks({
      applianceUrl,
      count: kiosks,
      products,
      folder: join(folder, 'kiosks'),
      onEvent: (text) => note(all.length > 1 ? `${applianceId}  ${text}` : text),
      closing: quit,
      signal: patience.signal,
    }),
  );
  quit.addEventListener('abort', () => setTimeout(() => patience.abort(), graceMs).unref());
  await Promise.all(closed);
}

/** Looks and shows until it is time to quit. */
async function watch(
  observer: Observer,
  face: Face,
  view: (observation: Observation) => View,
  quit: AbortSignal,
): Promise<void> {
  while (!quit.aborted) {
    face.show(view(await observer.look()));
    await sleep(lookEveryMs, undefined, { signal: quit }).catch(() => {});
  }
}

async function endOf(
  { site, all }: Boxes,
  observer: Observer,
  face: Face,
  hurry: AbortSignal,
): Promise<Ending> {
  if (hurry.aborted) return { kind: 'hurried' };
  const { boxes } = await observer.look();
  const waiting = boxes.flatMap(({ applianceId, link, status }): Waiting[] => {
    if (link !== 'cut' || !status || status.journal.pending === 0) return [];
    const { lastSeq: entries, pending } = status.journal;
    return [{ applianceId: all.length > 1 ? applianceId : null, entries, pending }];
  });
  face.step('waiting for the rest to be booked, then comparing journal and ledger');
  try {
    const books: Books[] = [];
    // One after the other: what central says of all accounts is read last.
    for (const { applianceUrl, link } of all) {
      const isCut = link.state() === 'cut';
      books.push(
        await readSettledBooks({ ...site, applianceUrl }, { stillMsMax: 20_000, signal: hurry, isCut }),
      );
    }
    return { kind: 'stopped', comparison: compareBooks(joinBooks(books)), waiting };
  } catch (error) {
    if (hurry.aborted) return { kind: 'hurried' };
    throw error;
  }
}
