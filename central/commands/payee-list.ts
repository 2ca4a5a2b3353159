// `payee list`: everybody who is paid for goods.
import type { Command } from 'commander';
import { databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function payeeList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show everybody who is paid',
      examples: ['payee list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.payees());
      const lines = items.map(({ id, name, bankReference }) => `${id}  ${name}  to ${bankReference}`);
      return { result: { items }, words: lines.length === 0 ? 'there is no payee' : lines.join('\n') };
    },
  );
}
