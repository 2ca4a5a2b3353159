// `exception list`: what is open, or was.
import { type Command, Option } from 'commander';
import { moneyWords } from '../money-words.ts';
import type { ExceptionView } from '../reconciliation/exceptions.ts';
import { counted, countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

interface Options {
  all?: boolean;
  status?: string;
  processor?: string;
  owner?: string;
  before?: number;
  limit?: number;
}

export function exceptionList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'list open exceptions, the newest first',
      options: [
        new Option('--all', 'settled ones as well'),
        new Option('--status <status>', 'only those, such as missing'),
        new Option('--processor <name>', 'only those of a processor'),
        new Option('--owner <owner>', 'only those that are assigned to somebody'),
        countOption('--before <number>', 'only those before one: the next page'),
        countOption('--limit <count>', 'how many; 50 unless told'),
      ],
      examples: ['exception list --status missing --config central.toml'],
    },
    (dataFolder, { all, status, processor, owner, before, limit = 50 }: Options) => {
      const filter = { status: status ?? null, processor: processor ?? null, owner: owner ?? null };
      const page = { cursor: before ?? null, limit: Math.min(limit, 1000) };
      const result = readStore(dataFolder, (store) =>
        store.exceptions({ state: all ? null : 'open', ...filter, ...page }),
      );
      const more = result.nextCursor === null ? [] : [`more: --before ${result.nextCursor}`];
      const words = [...result.items.map(describeException), ...more].join('\n') || 'There are none.';
      return { result, words };
    },
  );
}

/** One line. */
export function describeException(exception: ExceptionView): string {
  const { ref, status, processor, reference, amountMinor, differenceMinor, currency, owner } = exception;
  const by = differenceMinor === null ? '' : `, differs by ${moneyWords(differenceMinor, currency)}`;
  const state = exception.settledAs === null ? 'open' : exception.settledAs;
  const proposed = exception.proposal === null ? '' : `, ${exception.proposal.action} proposed`;
  const whose = owner === null ? '' : `, ${owner}`;
  return `${String(ref).padStart(6)} ${status} ${processor || '-'} ${reference}: ${moneyWords(amountMinor, currency)}${by}; ${counted(exception.rowsCount, 'row')}; ${state}${proposed}${whose}`;
}
