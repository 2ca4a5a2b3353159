// `payee show`: one payee with what it is owed.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { moneyWords } from '../money-words.ts';
import { databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function payeeShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show a payee with what it is owed; below zero it owes you',
      arguments: [['<id>', 'the payee']],
      examples: ['payee show acme --config central.toml'],
    },
    (dataFolder, _: object, id: string) => {
      const payee = readStore(dataFolder, (store) => store.payee(id));
      if (payee === null) throw payeeUnknown(id);
      const owed = payee.owed.map(({ currency, owedMinor }) => `owed ${moneyWords(owedMinor, currency)}`);
      return {
        result: payee,
        words: [`${id}  ${payee.name}  to ${payee.bankReference}`, ...owed].join('\n'),
      };
    },
  );
}

export function payeeUnknown(id: string): CommandError {
  return new CommandError('payee_unknown', `there is no payee ${id}`, 'See `payee list`.');
}
