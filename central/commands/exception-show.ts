// `exception show`: one exception with its rows and its history.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { moneyWords } from '../money-words.ts';
import type { ExceptionWithHistory } from '../reconciliation/exceptions.ts';
import { databaseCommand } from './command.ts';
import { describeException } from './exception-list.ts';
import { numberArgument } from './number-argument.ts';
import { readStore } from './open-store.ts';

export function exceptionShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show one exception with its rows and its history',
      arguments: [['<number>', 'as `exception list` shows it']],
      examples: ['exception show 12 --config central.toml'],
    },
    (dataFolder, _: object, given: string) => {
      const exception = readStore(dataFolder, (store) => store.exception(numberArgument(given)));
      if (exception === null) throw exceptionUnknown(given);
      return { result: exception, words: describe(exception) };
    },
  );
}

export function exceptionUnknown(given: string): CommandError {
  const hint = 'See `exception list --all`.';
  return new CommandError('exception_unknown', `there is no exception ${given}`, hint);
}

function describe(exception: ExceptionWithHistory): string {
  const { rows, rowsCount, history, proposal, merged, parts, mergedInto, splitFrom, chaseDueMs } = exception;
  const time = (ms: number) => new Date(ms).toISOString();
  const related = [
    ...merged.map((ref) => `exception ${ref} was merged into it`),
    ...parts.map((ref) => `exception ${ref} is a part of it`),
    ...(mergedInto === null ? [] : [`merged into exception ${mergedInto}`]),
    ...(splitFrom === null ? [] : [`a part of exception ${splitFrom}`]),
    ...(proposal === null
      ? []
      : [`proposal ${proposal.number}: ${proposal.action}, by ${proposal.who}, waits for another person`]),
    ...(chaseDueMs === null ? [] : [`the processor is asked, answer due ${time(chaseDueMs)}`]),
  ];
  return [
    describeException(exception),
    ...related.map((line) => `  ${line}`),
    ...rows.map(
      ({ side, reference, amountMinor, currency, atMs, file, line }) =>
        `  ${side.padEnd(8)} ${time(atMs)} ${moneyWords(amountMinor, currency)} ${reference}${file === null ? '' : ` (file ${file}, line ${line})`}`,
    ),
    ...(rowsCount > rows.length ? [`  and ${rowsCount - rows.length} rows more`] : []),
    ...history.map(
      ({ atMs, who, action, note }) => `  ${time(atMs)} ${who}: ${action}${note && `: ${note}`}`,
    ),
  ].join('\n');
}
