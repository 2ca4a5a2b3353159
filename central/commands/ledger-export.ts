// `ledger export`: the ledger as a file for other programs, CSV for tables and a journal for hledger.
import { createWriteStream, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { systemClock } from '../../kit/clock.ts';
import { CommandError } from '../errors.ts';
import { beancountFormat } from '../ledger/export/beancount.ts';
import { csvFormat } from '../ledger/export/csv.ts';
import { hledgerFormat } from '../ledger/export/hledger.ts';
import type { ExportFormat, ExportRange } from '../ledger/export/movement.ts';
import { type Exported, exportLedger } from '../ledger/sqlite/export.ts';
import { counted, databaseCommand } from './command.ts';
import { openCentralDatabase, refuseMissing } from './open-store.ts';

const formats = { csv: csvFormat, hledger: hledgerFormat, beancount: beancountFormat } satisfies Record<
  string,
  ExportFormat
>;

interface Options {
  format: keyof typeof formats;
  out: string;
  from?: number;
  until?: number;
  settled?: boolean;
}

export function ledgerExport(): Command {
  return databaseCommand(
    {
      name: 'export',
      description: 'write the ledger to a file for other programs',
      options: [
        new Option('--format <format>', 'CSV, or a journal for hledger or beancount')
          .choices(Object.keys(formats))
          .makeOptionMandatory(),
        new Option('--out <file>', 'the file to write; one that is there is replaced').makeOptionMandatory(),
        dayOption('--from <day>', 'only what was booked from this day on (UTC)'),
        dayOption('--until <day>', 'only what was booked before this day (UTC)'),
        new Option('--settled', 'claim that nothing is left to be settled'),
      ],
      help: `With --from a part begins with the balances of that day, as a movement without
a number. Without --until a journal ends with the balances the ledger keeps,
as assertions. With --settled these are zero for receivable:customer,
payable:refund, receivable:dispute, transit and suspense: the other program
refuses the journal if anything is left there.`,
      examples: [
        'ledger export --format hledger --out books.journal --config central.toml',
        'ledger export --format csv --from 2026-11-01 --until 2026-12-01 --out november.csv --config central.toml',
      ],
    },
    async (dataFolder, { format, out, from, until, settled = false }: Options) => {
      const range = { fromMs: from ?? null, untilMs: until ?? null };
      const exported = await writeLedger(dataFolder, out, formats[format], range, settled);
      const words = `${counted(exported.movements, 'movement')} with ${counted(exported.postings, 'posting')} are in ${out}.`;
      return { result: { file: out, format, ...exported }, words };
    },
  );
}

/** Beside first, then in place: a file that is there is a whole one. */
async function writeLedger(
  dataFolder: string,
  out: string,
  format: ExportFormat,
  range: ExportRange,
  settled: boolean,
): Promise<Exported> {
  refuseMissing(dataFolder);
  const db = openCentralDatabase(dataFolder);
  const exported = { movements: 0, postings: 0 };
  try {
    const beside = besideOf(out);
    try {
      const text = exportLedger(db, format, range, systemClock().wallMs(), exported, settled);
      const file = join(beside, 'export');
      await pipeline(Readable.from(text), createWriteStream(file, { mode: 0o600, flush: true }));
      renameSync(file, out);
    } catch (error) {
      throw fileRefused(out, error);
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  } finally {
    db.close();
  }
  return exported;
}

/** @throws CommandError file_refused */
function besideOf(out: string): string {
  try {
    return mkdtempSync(join(dirname(resolve(out)), '.holdfast-export-'));
  } catch (error) {
    throw fileRefused(out, error);
  }
}

function fileRefused(out: string, cause: unknown): CommandError {
  const hint = 'Name a file with --out in a folder that may be written and has room.';
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CommandError('file_refused', `${out} cannot be written`, hint, { details: [why], cause });
}

/** A day of the calendar as its first moment, UTC. */
export function dayOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    // 30 February is read as a day of March.
    if (Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text)) return ms;
    throw new CommandError('argument_malformed', `'${text}' is no day`, `Give ${flags} as 2026-11-24.`);
  });
}
