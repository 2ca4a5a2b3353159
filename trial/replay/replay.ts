// A whole replay: read the days, open a site with their catalogue, sell them through outages and kills, compare.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { readSettledBooks } from '../books.ts';
import { type Comparison, compareBooks } from '../compare.ts';
import { TrialError } from '../error.ts';
import { openSite, type Site } from '../site.ts';
import { basketOf, currency } from './basket.ts';
import { catalogueCsv, deriveCatalogue } from './catalogue.ts';
import { compareTold } from './compare.ts';
import type { ReplayOptions } from './options.ts';
import { readDay } from './parse.ts';
import { type Event, type Sale, sellDay, type Told } from './run.ts';

export interface ReplayResult {
  files: number;
  invoices: number;
  /** Approved, as the kiosks were told. */
  checkouts: number;
  refunds: number;
  /** Every row and invoice that was not sold, by reason. */
  rejected: Record<string, number>;
  comparison: Comparison;
  differences: string[];
  missing: number;
  balanced: boolean;
  seconds: number;
  /** Where both databases and the logs are, when they were kept. */
  keptFolder: string | null;
}

/** How far it is: what is being done, and how much of it. */
export interface Progress {
  step: string;
  done: number;
  total: number;
  /** Such as "link cut, killed 2". */
  note: string;
}

/** Anything a shop may have recorded is allowed: this is about money arriving, not about the rules. */
const policy: Policy = {
  currency,
  checkout: { totalMinorMax: limits.totalMinorMax },
  exposure: { totalMinorMax: Number.MAX_SAFE_INTEGER },
  priceOverride: 'allowed',
  unlinkedRefund: { permission: 'allowed', totalMinorMax: limits.totalMinorMax },
};

/** @throws TrialError input_unusable for a file, and what openSite and the comparison throw */
export async function replay(
  options: ReplayOptions,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const startMs = performance.now();
  const rejected = new Map<string, number>();
  const count = (reason: string, by = 1) => rejected.set(reason, (rejected.get(reason) ?? 0) + by);
  const step = (step: string) => onProgress({ step, done: 0, total: 0, note: '' });

  step('reading the days');
  const days = await Promise.all(options.files.map(readDay));
  const invoices = days.flatMap((day) => day.invoices);
  for (const day of days) for (const [reason, rows] of day.rejectedRows) count(reason, rows);
  const catalogue = deriveCatalogue(invoices);
  const sales: Sale[] = [];
  for (const invoice of invoices) {
    const basket = basketOf(invoice, catalogue);
    if (basket.kind === 'rejected') count(basket.reason);
    else sales.push(basket);
  }
  if (sales.length === 0) {
    throw new TrialError(
      'input_unusable',
      'the files hold nothing that can be sold',
      'Name a day with sales.',
    );
  }

  const folder = mkdtempSync(join(tmpdir(), 'holdfast-replay-'));
  const catalogueFile = join(folder, 'catalogue.csv');
  writeFileSync(catalogueFile, catalogueCsv(catalogue));
  const crash = new AbortController();
  const stop = AbortSignal.any([signal, crash.signal]);
  const told: Told[] = [];
  let balanced = false;
  let site: Site | null = null;
  try {
    site = await openSite({
      folder: join(folder, 'site'),
      catalogueFile,
      policy,
      onStep: step,
      onCrash: (program, how) =>
        crash.abort(new TrialError('program_crashed', `${program.name} ${how}`, `See ${program.logFile}.`)),
    });
    await sell(site, sales, options, told, onProgress, stop);
    const books = await readSettledBooks(site, {
      signal: stop,
      onProgress: ({ lastSeq, bookedThrough }) =>
        onProgress({ step: 'booking', done: bookedThrough, total: lastSeq, note: '' }),
    });
    const comparison = compareBooks(books);
    const toldComparison = compareTold(told, books.journal);
    const differences = [...toldComparison.differences, ...comparison.differences];
    for (const { sale, submission } of told) {
      const reason = rejectionOf(sale, submission);
      if (reason) count(reason);
    }
    balanced = differences.length === 0;
    return {
      files: options.files.length,
      invoices: invoices.length,
      checkouts: approved(told, 'checkout'),
      refunds: approved(told, 'refund'),
      rejected: Object.fromEntries(rejected),
      comparison,
      differences,
      missing: comparison.missing + toldComparison.missing,
      balanced,
      seconds: Math.round((performance.now() - startMs) / 10) / 100,
      keptFolder: balanced && !options.keep ? null : folder,
    };
  } finally {
    await site?.stop();
    if (balanced && !options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function sell(
  site: Site,
  sales: readonly Sale[],
  options: ReplayOptions,
  told: Told[],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
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

function approved(told: readonly Told[], kind: Sale['kind']): number {
  return told.filter(({ sale, submission }) => sale.kind === kind && submission.kind === 'approved').length;
}

/** Why a sale that was submitted did not come about; null when it did. */
function rejectionOf({ kind }: Sale, submission: Told['submission']): string | null {
  switch (submission.kind) {
    case 'approved':
      return null;
    case 'refused':
      return `${kind}_refused_${submission.answer.reasons[0]?.code ?? 'without_reason'}`;
    case 'invalid':
      return `${kind}_invalid_${submission.problem.code}`;
    case 'unavailable':
      return `${kind}_unanswered`;
  }
}
