// `reconciliation run`: matches journal, ledger, reports and bank, books what follows, and opens exceptions.
import { setFlagsFromString } from 'node:v8';
import { type Command, Option } from 'commander';
import type { Config } from '../config.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { Fetched } from '../reconciliation/inbox.ts';
import type { OpenExceptions, RunView } from '../reconciliation/port.ts';
import { readRules } from '../reconciliation/rule-file.ts';
import { runReconciliation } from '../reconciliation/run.ts';
import { openForReading, readSides } from '../reconciliation/sqlite/sides.ts';
import { counted, type Said } from './command.ts';
import { momentArgument } from './moment-argument.ts';
import { refuseMissing, withPort } from './open-store.ts';
import { askByHand, byHand, configuredCommand, fetchByHand } from './reconciliation-command.ts';
import { describeFetched } from './reconciliation-fetch.ts';

export function reconciliationRun(): Command {
  return configuredCommand(
    {
      name: 'run',
      description: 'match the four sides, book what follows, open exceptions',
      options: [
        new Option('--as-of <moment>', 'judge what is late as of then; now unless told').argParser(
          momentArgument,
        ),
        new Option('--fetch', 'first take in the inbox, and ask the processors named in `fetch`'),
      ],
      help: `What was found before is the same exception; what is gone settles by itself.
Run it as often as you like: nothing is booked twice.`,
      examples: [
        'reconciliation run --config central.toml',
        'reconciliation run --fetch --as-of 2026-11-30T06:00Z --config central.toml',
      ],
    },
    async (config, options: { asOf?: number; fetch?: boolean }) => {
      refuseMissing(config.dataFolder);
      return withPort(config.dataFolder, async (port) => {
        const fetched = options.fetch ? await fetchAll(config, port) : [];
        const run = await runByHand(config, port, options.asOf ?? Date.now());
        return sayRun(run, await port.openExceptions(), fetched);
      });
    },
  );
}

/** One that does not answer holds nothing up: the next run asks it again. */
async function fetchAll(config: Config, port: LedgerPort): Promise<Fetched[]> {
  const { inbox, fetch } = config.reconciliation;
  const fetched = inbox === undefined && fetch.length > 0 ? [] : await fetchByHand(config, port);
  for (const name of fetch) fetched.push(...(await askByHand(config, port, name)));
  return fetched;
}

async function runByHand(config: Config, port: LedgerPort, asOfMs: number): Promise<RunView> {
  // V8 takes what is thrown away for each of a million rows for long-lived, and its heap doubles (decision 0046).
  setFlagsFromString('--no-allocation-site-pretenuring');
  const rules = readRules(config.reconciliation.rules ?? null);
  const { by, nowMs, rest, progress } = byHand();
  return runReconciliation({ calls: port, read, rules, asOfMs, by, nowMs, rest, progress });

  /** Closed before anything is written: what SQLite keeps of a million rows would stay until the end. */
  function read(): ReturnType<typeof readSides> {
    const db = openForReading(config.dataFolder);
    try {
      return readSides(db, asOfMs, rules.collectDaysMax);
    } finally {
      db.close();
    }
  }
}

function sayRun(run: RunView, open: OpenExceptions[], fetched: Fetched[]): Said {
  const exceptions = open.reduce((sum, one) => sum + one.exceptions, 0);
  const words = [
    ...fetched.map(describeFetched),
    `run ${run.ref} as of ${new Date(run.asOfMs).toISOString()}: ${run.opened} exceptions opened, ${run.reopened} reopened, ${run.gone} gone by themselves, ${counted(run.movements, 'movement')} booked`,
    ...run.totals.map(
      ({ side, status, rows, amountMinor, currency }) =>
        `${side.padEnd(8)} ${status.padEnd(18)} ${String(rows).padStart(10)} ${String(amountMinor).padStart(16)} ${currency} (minor units)`,
    ),
    exceptions === 0 ? 'Nothing is open.' : `${counted(exceptions, 'exception')} open:`,
    ...open.map(
      ({ status, processor, currency, exceptions: count, amountMinor }) =>
        `  ${status.padEnd(18)} ${(processor || '-').padEnd(12)} ${String(count).padStart(8)} ${String(amountMinor).padStart(16)} ${currency}`,
    ),
  ];
  return { result: { run, open, fetched }, words: words.join('\n') };
}
