// `payout list`: what was paid to whom, and what is on its way.
import { type Command, Option } from 'commander';
import { moneyWords } from '../money-words.ts';
import type { PayoutState, PayoutView } from '../payouts/port.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function payoutList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show payouts, the newest first',
      options: [
        new Option('--payee <id>', 'of this payee'),
        new Option('--state <state>', 'in this state').choices([
          'prepared',
          'approved',
          'paid',
          'failed',
          'returned',
        ]),
        countOption('--limit <count>', 'how many at a time').default(100),
        countOption('--before <number>', 'go on before this one'),
      ],
      examples: ['payout list --state prepared --config central.toml'],
    },
    (dataFolder, options: { payee?: string; state?: PayoutState; limit: number; before?: number }) => {
      const { payee = null, state = null, limit, before = null } = options;
      const page = readStore(dataFolder, (store) => store.payouts({ payee, state, cursor: before, limit }));
      const lines = page.items.map(payoutWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'there is no payout' : lines.join('\n') };
    },
  );
}

/** One line for a person. */
export function payoutWords({ number, payee, currency, amountMinor, state, reference }: PayoutView): string {
  const paid = reference === null ? '' : ` by ${reference}`;
  return `payout ${number}: ${moneyWords(amountMinor, currency)} to ${payee}, ${state}${paid}`;
}
