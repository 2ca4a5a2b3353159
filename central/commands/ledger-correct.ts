// `ledger correct`: reverses a movement that should not have been booked, and books what should.
import { type Command, Option } from 'commander';
import { Currency } from '../../contract/money.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../feed/cells.ts';
import { noMistakes, readCsv } from '../feed/csv.ts';
import { isAccountName } from '../ledger/postings.ts';
import type { Corrected, ReplacingLine } from '../payouts/port.ts';
import { byCommand } from '../people/actor.ts';
import { countOption, databaseCommand, type Said } from './command.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { describeMistakes } from './read-catalogue.ts';

const columns = ['account', 'currency', 'amountMinor'] as const;

export function ledgerCorrect(): Command {
  return databaseCommand(
    {
      name: 'correct',
      description: 'reverse a movement, and book what should stand in its place',
      options: [
        countOption('--movement <number>', 'which one').makeOptionMandatory(),
        new Option('--reason <text>', 'why; it stays in the books').makeOptionMandatory(),
        new Option('--posting <file>', 'the lines to book instead, a CSV file'),
      ],
      help: `Columns of the file: ${columns.join(',')}. Debit above zero, credit
below; the lines sum to zero in each currency.`,
      examples: [
        'ledger correct --movement 4711 --reason "booked to the wrong payee" --posting instead.csv --config central.toml',
      ],
    },
    async (dataFolder, options: { movement: number; reason: string; posting?: string }) => {
      refuseMissing(dataFolder);
      const { movement: movementId, reason, posting } = options;
      const replacement = posting === undefined ? [] : await readPostings(posting);
      const corrected = withStore(dataFolder, (store) =>
        store.correctMovement({ movementId, reason, replacement }, byCommand()),
      );
      return say(movementId, corrected);
    },
  );
}

/** @throws CommandError postings_malformed naming lines and columns */
async function readPostings(path: string): Promise<ReplacingLine[]> {
  const mistakes = noMistakes();
  const lines: ReplacingLine[] = [];
  for await (const row of readCsv(path, { known: columns, required: columns }, mistakes)) {
    const account = row.cell('account') ?? '';
    const currency = row.cell('currency') ?? '';
    const amountMinor = wholeNumber(row, 'amountMinor') ?? 0;
    const known = isAccountName(account);
    if (!known) row.wrong('account', `'${account}' is not in the chart of accounts`);
    if (!Currency.safeParse(currency).success) row.wrong('currency', `'${currency}' is no ISO 4217 code`);
    if (amountMinor === 0) row.wrong('amountMinor', 'must be a whole number other than 0');
    if (known) lines.push({ account, currency, amountMinor });
  }
  if (mistakes.total === 0) return lines;
  throw new CommandError(
    'postings_malformed',
    `${path} was not taken`,
    'Nothing was booked. Correct the lines named.',
    {
      details: describeMistakes(mistakes.listed, mistakes.total),
    },
  );
}

/** @throws CommandError movement_refused, postings_malformed */
function say(movementId: number, corrected: Corrected): Said {
  const refused = (words: string, hint: string) => new CommandError('movement_refused', words, hint);
  switch (corrected.kind) {
    case 'corrected': {
      const { reversal, replacement } = corrected;
      const instead = replacement === null ? '' : `, and movement ${replacement} stands instead`;
      return {
        result: corrected,
        words: `movement ${movementId} is reversed by movement ${reversal}${instead}`,
      };
    }
    case 'movement_unknown':
      throw refused(`there is no movement ${movementId}`, 'See `ledger export`, or GET /v1/ledger/postings.');
    case 'already_corrected':
      throw refused(
        `movement ${movementId} was corrected before`,
        'Correct the movement that stands in its place.',
      );
    case 'is_payout':
      throw refused(`movement ${movementId} is a payout`, 'Use `payout return`.');
    case 'unbalanced':
      throw new CommandError(
        'postings_malformed',
        `the lines leave ${corrected.sumMinor} ${corrected.currency}`,
        'Nothing was booked. The lines must sum to zero in each currency.',
      );
  }
}
