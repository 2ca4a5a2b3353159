// `payee create`: makes somebody known who is paid for goods.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { PayeeId } from '../ledger/split-words.ts';
import { byCommand } from '../people/actor.ts';
import { databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';

export function payeeCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'make somebody known who is paid for goods',
      options: [
        new Option('--id <id>', 'as the catalogue names them: a-z, 0-9 and -').makeOptionMandatory(),
        new Option('--name <name>', 'as a statement names them').makeOptionMandatory(),
        new Option('--bank-reference <text>', 'where to, in the words of your bank').makeOptionMandatory(),
      ],
      examples: [
        'payee create --id acme --name "Acme Foods Ltd" --bank-reference GB29NWBK60161331926819 --config central.toml',
      ],
    },
    (dataFolder, { id, name, bankReference }: { id: string; name: string; bankReference: string }) => {
      const parsed = PayeeId.safeParse(id);
      if (!parsed.success) {
        const words = `--id: ${parsed.error.issues.map(({ message }) => message).join('; ')}`;
        throw new CommandError('argument_malformed', words, 'Nothing was made.');
      }
      const made = withStore(dataFolder, (store) =>
        store.createPayee({ id, name, bankReference }, byCommand()),
      );
      if (!made) throw new CommandError('payee_known', `there is a payee ${id} already`, 'See `payee list`.');
      return { result: { id, name, bankReference }, words: `payee ${id}: ${name}` };
    },
  );
}
