// A whole replay: read the days, open a site with their catalogue, sell them through outages and kills, compare.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, compareBooks } from '../compare.ts';
import { TrialError } from '../error.ts';
import { basketOf } from './basket.ts';
import { deriveCatalogue } from './catalogue.ts';
import { compareTold } from './compare.ts';
import type { ReplayOptions } from './options.ts';
import { readDay } from './parse.ts';
import type { SettledDay } from './reconcile.ts';
import type { Sale, Told } from './run.ts';
import { type Progress, sellAtSite } from './trading.ts';

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
  /** What the processor's side came to; null where nobody was charged. */
  settled: SettledDay | null;
  balanced: boolean;
  seconds: number;
  /** Where both databases and the logs are, when they were kept. */
  keptFolder: string | null;
}

interface Counts {
  count(reason: string, by?: number): void;
  byReason: Record<string, number>;
}

/** @throws TrialError input_unusable for a file, and what openSite and the comparison throw */
export async function replay(
  options: ReplayOptions,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const startMs = performance.now();
  const rejected = createCounts();
  const step = (step: string) => onProgress({ step, done: 0, total: 0, note: '' });
  step('reading the days');
  const { invoices, catalogue, sales } = await readSales(options.files, rejected);

  const folder = mkdtempSync(join(tmpdir(), 'holdfast-replay-'));
  const told: Told[] = [];
  let keptFolder: string | null = folder;
  try {
    const { books, settled } = await sellAtSite(folder, catalogue, sales, {
      options,
      told,
      onProgress,
      step,
      signal,
    });
    countRejected(told, rejected);
    const comparison = compareBooks(books);
    const toldComparison = compareTold(told, books.journal);
    const differences = [
      ...toldComparison.differences,
      ...comparison.differences,
      ...(settled?.differences ?? []),
    ];
    const balanced = differences.length === 0;
    if (balanced && !options.keep) keptFolder = null;
    return {
      files: options.files.length,
      invoices: invoices.length,
      checkouts: approved(told, 'checkout'),
      refunds: approved(told, 'refund'),
      rejected: rejected.byReason,
      comparison,
      differences,
      missing: comparison.missing + toldComparison.missing,
      settled,
      balanced,
      seconds: Math.round((performance.now() - startMs) / 10) / 100,
      keptFolder,
    };
  } finally {
    // A failed replay leaves everything for whoever looks into it; a stopped one leaves nothing.
    if (keptFolder === null || (signal.aborted && !options.keep))
      rmSync(folder, { recursive: true, force: true });
  }
}

/** The days as sales; what cannot be sold is counted. */
async function readSales(files: readonly string[], rejected: Counts) {
  const days = await Promise.all(files.map(readDay));
  for (const day of days) for (const [reason, rows] of day.rejectedRows) rejected.count(reason, rows);
  const invoices = days.flatMap((day) => day.invoices);
  const catalogue = deriveCatalogue(invoices);
  const sales: Sale[] = [];
  for (const invoice of invoices) {
    const basket = basketOf(invoice, catalogue);
    if (basket.kind === 'rejected') rejected.count(basket.reason);
    else sales.push(basket);
  }
  if (sales.length > 0) return { invoices, catalogue, sales };
  throw new TrialError('input_unusable', 'the files hold nothing that can be sold', 'Name a day with sales.');
}

function createCounts(): Counts {
  const byReason: Record<string, number> = {};
  return {
    byReason,
    count(reason, by = 1) {
      byReason[reason] = (byReason[reason] ?? 0) + by;
    },
  };
}

function countRejected(told: readonly Told[], rejected: Counts): void {
  for (const { sale, submission } of told) {
    const reason = rejectionOf(sale, submission);
    if (reason !== null) rejected.count(reason);
  }
}

function approved(told: readonly Told[], kind: Sale['kind']): number {
  return told.filter(({ sale, submission }) => sale.kind === kind && submission.kind === 'approved').length;
}

/** Why a sale that was submitted did not come about; null when it did. */
function rejectionOf({ kind }: Sale, submission: Told['submission']): string | null {
  switch (submission.kind) {
    case 'approved':
      return null;
    case 'declined':
      return `${kind}_declined_${submission.answer.declineCode ?? 'without_code'}`;
    case 'refused':
      return `${kind}_refused_${submission.answer.reasons[0]?.code ?? 'without_reason'}`;
    case 'invalid':
      return `${kind}_invalid_${submission.problem.code}`;
    case 'unavailable':
      return `${kind}_unanswered`;
  }
}
