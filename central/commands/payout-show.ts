// `payout show`: one payout with its history.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { countArgument, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';
import { payoutWords } from './payout-list.ts';

export function payoutShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show a payout and who took each step',
      arguments: [['<number>', 'the payout']],
      examples: ['payout show 7 --config central.toml'],
    },
    (dataFolder, _: object, text: string) => {
      const number = countArgument('NUMBER', text);
      const payout = readStore(dataFolder, (store) => store.payout(number));
      if (payout === null) throw payoutUnknown(number);
      const steps = payout.events.map(
        ({ kind, note, actor, atMs }) =>
          `${new Date(atMs).toISOString()}  ${kind} by ${actor}${note ? `: ${note}` : ''}`,
      );
      return { result: payout, words: [payoutWords(payout), ...steps].join('\n') };
    },
  );
}

export function payoutUnknown(number: number): CommandError {
  return new CommandError('payout_unknown', `there is no payout ${number}`, 'See `payout list`.');
}
