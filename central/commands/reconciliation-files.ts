// `reconciliation files`: which reports and statements there are, and what is wrong with one.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import type { FileView, FileWithTrouble } from '../reconciliation/port.ts';
import { counted, databaseCommand, type Said } from './command.ts';
import { numberArgument } from './number-argument.ts';
import { readStore } from './open-store.ts';

const listedMax = 100;

export function reconciliationFiles(): Command {
  return databaseCommand(
    {
      name: 'files',
      description: 'list what was imported, or show what was set aside of one file',
      arguments: [['[file]', 'its number']],
      examples: [
        'reconciliation files --config central.toml',
        'reconciliation files 7 --config central.toml',
      ],
    },
    (dataFolder, _: object, given?: string) =>
      readStore(dataFolder, (store) => {
        if (given === undefined) return sayFiles(store.reportFiles({ cursor: null, limit: listedMax }).items);
        const file = store.reportFile(numberArgument(given));
        if (file) return sayFile(file);
        throw new CommandError('report_unknown', `there is no file ${given}`, 'See `reconciliation files`.');
      }),
  );
}

function sayFiles(files: readonly FileView[]): Said {
  const words = files.length === 0 ? 'Nothing was imported yet.' : files.map(describe).join('\n');
  return { result: { files }, words };
}

function describe({ ref, side, source, name, state, rows, setAside }: FileView): string {
  return `${String(ref).padStart(6)} ${side} ${source} ${name}: ${state}, ${counted(rows, 'row')}, ${setAside} set aside`;
}

function sayFile(file: FileWithTrouble): Said {
  const words = [
    describe(file),
    ...file.asides.map(
      ({ line, field, reason, text }) => `  line ${line}${field && `, ${field}`}: ${reason}: ${text}`,
    ),
    ...file.statements.map(
      ({ statement, agrees, entries }) =>
        `  statement ${statement}: ${entries} booked, ${agrees ? 'adds up' : 'DOES NOT ADD UP'}`,
    ),
  ];
  return { result: { file }, words: words.join('\n') };
}
