// `reconciliation import`: a processor's report or a bank's statement comes into the books' reconciliation.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { type Imported, importFile } from '../reconciliation/import.ts';
import type { FileSource } from '../reconciliation/port.ts';
import { isSourceName, sourceNameHint } from '../reconciliation/source-name.ts';
import { counted, databaseCommand, type Said } from './command.ts';
import { withPort } from './open-store.ts';
import { byHand } from './reconciliation-command.ts';

export function reconciliationImport(): Command {
  return databaseCommand(
    {
      name: 'import',
      description: "take in a processor's report or a bank's statement",
      arguments: [['<file>', 'CSV of Stripe or Adyen, camt.053 or MT940']],
      options: [
        new Option('--processor <name>', 'whose report it is, as the routing names it'),
        new Option('--bank <account>', 'whose statement it is, by the short name of our account'),
      ],
      help: `The kind of file is told by its content. The same file twice changes nothing; a
row that cannot be read is set aside with its line, and the rest goes on.`,
      examples: [
        'reconciliation import --processor stripe payouts.csv --config central.toml',
        'reconciliation import --bank main statement.xml --config central.toml',
      ],
    },
    async (dataFolder, options: { processor?: string; bank?: string }, path: string) => {
      const source = sourceOf(options);
      const { by, nowMs, rest, progress } = byHand();
      const way = { by, nowMs, rest, progress: (items: number) => progress(`${items} read`) };
      return sayImported(await withPort(dataFolder, (port) => importFile(port, path, source, way)));
    },
  );
}

/** @throws CommandError argument_malformed */
function sourceOf({ processor, bank }: { processor?: string; bank?: string }): FileSource {
  const source: FileSource | null =
    processor !== undefined && bank === undefined
      ? { side: 'processor', source: processor }
      : bank !== undefined && processor === undefined
        ? { side: 'bank', source: bank }
        : null;
  if (source === null) {
    throw new CommandError('argument_malformed', 'whose file is it?', 'Name either --processor or --bank.');
  }
  if (isSourceName(source.source)) return source;
  throw new CommandError('argument_malformed', `'${source.source}' is no name`, sourceNameHint);
}

function sayImported({ file, known, statements, asides }: Imported): Said {
  const { ref, rows, repeated, setAside } = file;
  const words = [
    known
      ? `file ${ref} was imported before; nothing changed`
      : `file ${ref}: ${counted(rows, 'row')}, ${repeated} that other files had before, ${setAside} set aside`,
    ...asides.map(
      ({ line, field, reason, text }) => `  line ${line}${field && `, ${field}`}: ${reason}: ${text}`,
    ),
    ...(setAside > asides.length ? [`  and ${setAside - asides.length} more`] : []),
    ...statements.flatMap(({ statement, agrees, openingMinor, entriesMinor, closingMinor, currency }) =>
      agrees
        ? []
        : [
            `  statement ${statement} does not add up: ${openingMinor ?? 'no opening balance'} and entries of ${entriesMinor} against ${closingMinor ?? 'no closing balance'} ${currency} (minor units)`,
          ],
    ),
  ];
  return { result: { file, known, statements, asides }, words: words.join('\n') };
}
