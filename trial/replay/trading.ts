// A site of its own for a replay: opened with the catalogue of the days, sold at through outages and kills, settled, and stopped.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../contract/limits.ts';
import { Policy } from '../../contract/policy.ts';
import { type Books, readSettledBooks } from '../books.ts';
import { createCentralApi } from '../central-api.ts';
import { TrialError } from '../error.ts';
import type { Program } from '../program.ts';
import { openSite, type Site } from '../site.ts';
import { currency } from './basket.ts';
import { type Catalogue, catalogueCsv } from './catalogue.ts';
import type { ReplayOptions } from './options.ts';
import { type Processing, payoutShares, startProcessing } from './processing.ts';
import type { SettledDay } from './reconcile.ts';
import { type Event, type Sale, sellDay, type Told } from './run.ts';

/** How far it is: what is being done, and how much of it. */
export interface Progress {
  step: string;
  done: number;
  total: number;
  /** Such as "link cut, killed 2". */
  note: string;
}

/** Anything a shop may have recorded is allowed: this is about money arriving, not about the rules. */
const policy = Policy.parse({
  currency,
  checkout: { totalMinorMax: limits.totalMinorMax },
  exposure: { totalMinorMax: Number.MAX_SAFE_INTEGER },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'allowed', totalMinorMax: limits.totalMinorMax },
});

export interface Trading {
  options: ReplayOptions;
  told: Told[];
  onProgress: (progress: Progress) => void;
  step: (step: string) => void;
  signal: AbortSignal;
}

interface Sold {
  books: Books;
  settled: SettledDay | null;
}

/** Opens a site below `folder`, sells, waits until all is settled; resolves with both books once the site has stopped. */
export async function sellAtSite(
  folder: string,
  catalogue: Catalogue,
  sales: readonly Sale[],
  trading: Trading,
): Promise<Sold> {
  const { options } = trading;
  const catalogueFile = join(folder, 'catalogue.csv');
  writeFileSync(catalogueFile, catalogueCsv(catalogue));
  const crash = new AbortController();
  const signal = AbortSignal.any([trading.signal, crash.signal]);
  const onCrash = (program: Program, how: string) =>
    crash.abort(new TrialError('program_crashed', `${program.name} ${how}`, `See ${program.logFile}.`));
  const processing = options.processor && (await startProcessing({ ...options, folder, onCrash }));
  try {
    const site = await openSite({
      folder: join(folder, 'site'),
      catalogueFile,
      policy,
      ...(processing && { charging: processing.charging }),
      onStep: trading.step,
      onCrash,
    });
    try {
      await sell(site, sales, processing, { ...trading, signal });
      const books = await readSettledBooks(site, {
        signal,
        onProgress: ({ lastSeq, bookedThrough }) =>
          trading.onProgress({ step: 'booking', done: bookedThrough, total: lastSeq, note: '' }),
      });
      return { books, settled: processing && (await settle(site, processing, { ...trading, signal })) };
    } finally {
      await site.stop();
    }
  } finally {
    await processing?.stop();
  }
}

async function settle(
  site: Site,
  processing: Processing,
  { onProgress, step, signal }: Trading,
): Promise<SettledDay> {
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  let most = 1;
  await processing.untilCollected(central, {
    signal,
    onProgress(open) {
      most = Math.max(most, open);
      onProgress({ step: 'charging', done: most - open, total: most, note: '' });
    },
  });
  step('reconciling');
  return processing.reconcile(site, central);
}

async function sell(
  site: Site,
  sales: readonly Sale[],
  processing: Processing | null,
  { options, told, onProgress, signal }: Trading,
): Promise<void> {
  let killed = 0;
  const show = () => {
    const notes = [
      site.link.state() === 'cut' ? 'link cut' : '',
      killed > 0 ? `appliance killed ${killed} of ${options.kills}` : '',
    ];
    onProgress({
      step: 'selling',
      done: told.length,
      total: sales.length,
      note: notes.filter(Boolean).join(', '),
    });
  };
  const events: Event[] = Array.from({ length: options.kills }, (_, i) => ({
    share: (i + 1) / (options.kills + 1),
    async act() {
      killed++;
      show();
      await site.appliance.kill();
      await site.appliance.start();
    },
  }));
  if (options.outage) {
    const { from, to } = options.outage;
    events.push({ share: from, act: () => site.link.cut() }, { share: to, act: () => site.link.restore() });
  }
  if (processing) events.push(...payoutShares.map((share) => ({ share, act: processing.payOut })));
  await sellDay(sales, {
    applianceUrl: site.applianceUrl,
    kiosks: options.kiosks,
    events,
    signal,
    onTold(one) {
      told.push(one);
      show();
    },
  });
}
