// The processor's side of a replay: the sandbox, what goes wrong in calls to it, in its report and at the bank, and the wait until
// everything is collected.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CentralApi } from '../central-api.ts';
import { TrialError } from '../error.ts';
import type { Program } from '../program.ts';
import { startSandbox, type TrialSandbox } from '../sandbox.ts';
import type { Site } from '../site.ts';
import type { SiteCharging } from '../site-folder.ts';
import { processorName, reconcileDay, type SettledDay } from './reconcile.ts';

const dayMs = 86_400_000;
/** How long collections may stand still before we stop waiting: longer than the second look-up of an unknown outcome. */
const stillMsMax = 90_000;

/**
 * What goes wrong with which share of the calls: everything that ends within a trial. A decline that is tried again in hours is
 * not among it.
 */
const callFaults: readonly { operation: string; act: string; share: number }[] = [
  { operation: 'payment_intents.create', act: 'do_then_hang', share: 0.01 },
  { operation: 'payment_intents.create', act: 'do_then_reset', share: 0.01 },
  { operation: 'payment_intents.create', act: 'half_answer', share: 0.01 },
  { operation: 'payment_intents.create', act: 'garbage', share: 0.01 },
  { operation: 'payment_intents.create', act: 'do_then_500', share: 0.01 },
  { operation: 'payment_intents.create', act: 'answer_500', share: 0.01 },
  { operation: 'payment_intents.create', act: 'reset', share: 0.01 },
  { operation: 'payment_intents.create', act: 'answer_409', share: 0.01 },
  { operation: 'payment_intents.create', act: 'answer_429', share: 0.02 },
  { operation: 'payment_intents.create', act: 'decline_stolen_card', share: 0.01 },
  { operation: 'payment_intents.search', act: 'answer_500', share: 0.05 },
];

const reportFaults = [
  'row_missing',
  'row_doubled',
  'row_unknown',
  'amount_other',
  'fee_other',
  'amount_malformed',
];
const bankFaults = ['entry_missing', 'entry_doubled', 'amount_other', 'entries_joined'];

/** At these shares of the day the processor pays out what it has: a statement of one entry could not go wrong in all ways. */
export const payoutShares: readonly number[] = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];

export interface Processing {
  charging: SiteCharging;
  /** Pays out what was charged so far. */
  payOut(): Promise<void>;
  /** Waits until no collection is open, and answers what warnings of fraud hold. @throws TrialError too_slow */
  untilCollected(central: CentralApi, way: Waiting): Promise<void>;
  /** After the last collection: report, statement, reconciliation, and what they came to. */
  reconcile(site: Site, central: CentralApi): Promise<SettledDay>;
  stop(): Promise<void>;
}

export interface Waiting {
  signal: AbortSignal;
  onProgress(open: number): void;
}

/** Starts the sandbox. @throws TrialError program_not_ready */
export async function startProcessing(options: {
  folder: string;
  faults: 'none' | 'all';
  seed: number;
  onCrash: (program: Program, how: string) => void;
}): Promise<Processing> {
  const { folder, faults, seed } = options;
  const sandbox = await startSandbox({ name: 'sandbox', folder, clock: 'manual', onCrash: options.onCrash });
  // Paid out as soon as it is asked for: a day of trading has several payouts then.
  await sandbox.admin('PUT', '/sandbox/money', { availableDays: 0 });
  if (faults === 'all') {
    for (const [i, fault] of callFaults.entries()) {
      await sandbox.admin('POST', '/sandbox/acts', { ...fault, seed: seed + i });
    }
  }
  return {
    charging: {
      processors: {
        [processorName]: { baseUrl: sandbox.url, settings: { callMsMax: 2000, searchSettledMs: 2000 } },
      },
    },
    async payOut() {
      await sandbox.admin('POST', '/sandbox/payouts');
    },
    untilCollected,
    async reconcile(site, central) {
      await sandbox.admin('POST', '/sandbox/payouts');
      await sandbox.admin('POST', '/sandbox/clock/advance', { ms: 3 * dayMs });
      if (faults === 'all') await plant(sandbox, seed);
      return reconcileDay(sandbox, site, central);
    },
    stop: () => sandbox.program.stop(),
  };
}

async function plant(sandbox: TrialSandbox, seed: number): Promise<void> {
  for (const kind of reportFaults)
    await sandbox.admin('POST', '/sandbox/faults', { side: 'report', kind, seed });
  for (const kind of bankFaults) await sandbox.admin('POST', '/sandbox/faults', { side: 'bank', kind, seed });
}

async function untilCollected(central: CentralApi, { signal, onProgress }: Waiting): Promise<void> {
  let before = -1;
  let movedMs = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const open = (await central.exposure()).reduce((sum, { openCount }) => sum + openCount, 0);
    onProgress(open);
    if (open === 0) {
      // What a warning of fraud holds waits for a person: here it is given up, as nobody answers for it.
      if ((await central.declineFraud('nobody at the site knows this customer')) === 0) return;
      continue;
    }
    if (open !== before) movedMs = performance.now();
    if (performance.now() - movedMs > stillMsMax) {
      const hint = "See `charge list --state open` and central's log.";
      throw new TrialError('too_slow', `${open} collections have not moved for ${stillMsMax / 1000} s`, hint);
    }
    before = open;
    await sleep(200, undefined, { signal });
  }
}
