// `holdfast journal …`: the journal read beside a running daemon or without one, and salvaged without one.
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { openForReading } from '../store/salvage/readable.ts';
import { addCommand, type Options } from './command.ts';
import { CommandError } from './error.ts';
import type { SalvageOptions } from './journal-salvage.ts';

type ExportOptions = Options & { from: string; through?: string };

export function addJournalCommands(program: Command): void {
  const journal = program.command('journal').description('the journal: what was sold here, in order');
  addCommand(journal, {
    usage: 'verify',
    description: 'read the whole journal and prove it by its chain of hashes',
    examples: ['holdfast journal verify', 'holdfast journal verify --json'],
    exitCodes: '0 sound, 1 something is wrong with it, 2 called or configured wrongly',
  }).action(async (options: Options) => {
    const { runVerify } = await import('./journal-verify.ts');
    await withJournal(options, (db) => runVerify(db, options));
  });
  addCommand(journal, {
    usage: 'export',
    description: 'print entries, one JSON object a line: seq, hash, entry',
    examples: [
      'holdfast journal export > journal.jsonl',
      'holdfast journal export --from 4000 --through 4100',
    ],
    exitCodes: '0 done, 1 some entries could not be read (named on stderr), 2 called wrongly',
  })
    .option('--from <seq>', 'the first', '1')
    .option('--through <seq>', 'the last; without it, the newest')
    .action(async (options: ExportOptions) => {
      const { runExport } = await import('./journal-export.ts');
      const first = seqOf(options.from);
      const last = options.through === undefined ? null : seqOf(options.through);
      await withJournal(options, (db) => runExport(db, first, last));
    });
  addCommand(journal, {
    usage: 'salvage',
    description: 'set a damaged journal aside and go on with what is whole of it',
    examples: ['holdfast journal salvage --dry-run', 'holdfast journal salvage'],
    exitCodes: '0 done, or it is sound, 1 not possible or the service runs, 2 called wrongly',
  })
    .option('--dry-run', 'say what would be kept and what is in doubt, and change nothing')
    .action(async (options: SalvageOptions) => (await import('./journal-salvage.ts')).runSalvage(options));
  addCommand(journal, {
    usage: 'acknowledge',
    description: 'take note of a salvage, so that it is named no longer',
    examples: ['holdfast journal acknowledge', 'holdfast journal acknowledge --json'],
    exitCodes: '0 done, or there is nothing to, 1 central does not know of it yet, 2 called wrongly',
  }).action(async (options: Options) => (await import('./journal-salvage.ts')).runAcknowledge(options));
}

async function withJournal(
  { config }: Options,
  act: (db: NonNullable<ReturnType<typeof openForReading>>) => void | Promise<void>,
): Promise<void> {
  const { dataFolder } = readConfig(config);
  const db = openForReading(dataFolder);
  if (!db) {
    const hint = 'It is made at the first start. Look at dataFolder in the configuration.';
    throw new CommandError('journal_missing', `there is no journal.db in ${dataFolder}`, hint);
  }
  try {
    await act(db);
  } finally {
    db.close();
  }
}

function seqOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandError('argument_malformed', `'${text}' is no seq`, 'Use a whole number of 1 or more.');
}
