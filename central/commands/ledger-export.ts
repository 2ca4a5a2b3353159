// `ledger export`: the books for other programs, so that somebody else's arithmetic can be held against ours.
import { type Command, Option } from 'commander';
import { beancountLedger } from '../ledger/export-beancount.ts';
import { csvPostings } from '../ledger/export-csv.ts';
import { hledgerJournal } from '../ledger/export-hledger.ts';
import type { ExportedBooks } from '../ledger/export-rows.ts';
import { readBooks } from '../ledger/sqlite/exported-books.ts';
import { databaseCommand } from './command.ts';
import { dayOption } from './day-option.ts';
import { openCentralDatabase, refuseMissing } from './open-store.ts';
import { writeOut } from './write-out.ts';

const formats = ['csv', 'hledger', 'beancount'] as const;
interface Options {
  format: (typeof formats)[number];
  from?: number;
  until?: number;
  out?: string;
  settled?: boolean;
}

export function ledgerExport(): Command {
  return databaseCommand(
    {
      name: 'export',
      description: 'write the books for another program',
      options: [
        new Option('--format <format>', 'as what').choices(formats).makeOptionMandatory(),
        dayOption('--from <day>', 'booked from this day on (UTC)'),
        dayOption('--until <day>', 'booked before this day (UTC)'),
        new Option('--out <file>', 'where to; stdout unless told'),
        new Option(
          '--settled',
          'claim that everything is settled: hledger and beancount then refuse',
        ).default(false),
      ],
      help: `hledger and beancount get every balance as an assertion, and with --settled
zero for what has to be empty then: receivable:customer, payable:refund,
transit, receivable:dispute and suspense.`,
      examples: [
        'ledger export --format hledger --out books.journal --config central.toml',
        'ledger export --format csv --from 2026-11-01 --until 2026-12-01 --config central.toml',
      ],
    },
    async (dataFolder, { format, from, until, out, settled = false }: Options) => {
      refuseMissing(dataFolder);
      const db = openCentralDatabase(dataFolder);
      try {
        const books = readBooks(db, { fromMs: from ?? null, untilMs: until ?? null });
        await writeOut(textOf(books, format, settled), out ?? null);
      } finally {
        db.close();
      }
      return out === undefined ? null : { result: { format, out }, words: `${out}: the books for ${format}` };
    },
  );
}

function textOf(books: ExportedBooks, format: Options['format'], settled: boolean): Iterable<string> {
  switch (format) {
    case 'csv':
      return csvPostings(books);
    case 'hledger':
      return hledgerJournal(books, settled);
    case 'beancount':
      return beancountLedger(books, settled);
  }
}
