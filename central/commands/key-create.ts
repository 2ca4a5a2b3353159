// `key create`: an API key for a person or a program, as narrow as its work allows.
import { type Command, Option } from 'commander';
import { isAddressRange } from '../../kit/address-list.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { hashApiKey, KeyName, KeyOwner, keyAddressesMax, keysMax, newApiKey } from '../people/keys.ts';
import type { KeyCreated } from '../people/port.ts';
import { type Action, actions, type Role, roles } from '../people/roles.ts';
import { databaseCommand } from './command.ts';
import { momentAhead, momentWords } from './moment.ts';
import { withStore } from './open-store.ts';

interface Options {
  role: Role;
  owner?: string;
  scope?: Action[];
  from?: string[];
  expires?: string;
}

export function keyCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'make an API key and print its secret, which is said this once',
      arguments: [['<name>', 'whose or what for: a-z, 0-9 and -']],
      options: [
        new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory(),
        new Option('--owner <person>', 'whose it is; all keys of one owner are one person'),
        new Option('--scope <action...>', 'only these actions of the role').choices(actions),
        new Option('--from <address...>', 'only from these addresses or networks'),
        new Option('--expires <moment>', 'until when: 90d, 24h or 2027-01-31'),
      ],
      help: 'docs/operations/keys.md says what each role may do.',
      examples: [
        'key create ann-laptop --owner ann --role finance --expires 90d --config central.toml',
        'key create screens --role viewer --scope fleet.read ledger.read --from 10.20.0.0/16 --config central.toml',
      ],
    },
    (dataFolder, options: Options, name: string) => {
      const by = byCommand();
      const secret = newApiKey();
      const addresses = options.from ?? null;
      const { role, owner = null, scope, expires } = options;
      refuseUnusable(name, owner, addresses ?? []);
      const expiresMs = expires === undefined ? null : momentAhead('--expires', expires, by.nowMs);
      const wanted = {
        name,
        owner,
        role,
        scopes: scope ?? null,
        addresses,
        expiresMs,
        hash: hashApiKey(secret),
      };
      const key = created(withStore(dataFolder, (store) => store.createKey(wanted, by)));
      const end = expiresMs === null ? '' : `, until ${momentWords(expiresMs)}`;
      return {
        result: { key, secret },
        words: `${name} (${role})${end}\n${secret}\nThis is said once: only its hash is kept.`,
      };
    },
  );
}

/** @throws CommandError argument_malformed */
function refuseUnusable(name: string, owner: string | null, addresses: readonly string[]): void {
  const parsed = KeyName.safeParse(name);
  if (!parsed.success) {
    throw new CommandError(
      'argument_malformed',
      `'${name}' cannot be the name of a key`,
      'Use 1 to 63 of a-z, 0-9 and -.',
    );
  }
  if (owner !== null && !KeyOwner.safeParse(owner).success) {
    throw new CommandError(
      'argument_malformed',
      `'${owner}' cannot be an owner`,
      "Name the person as the machine's users are named: a-z, 0-9, _, . and -.",
    );
  }
  const wrong = addresses.filter((address) => !isAddressRange(address));
  if (wrong.length === 0 && addresses.length <= keyAddressesMax) return;
  throw new CommandError(
    'argument_malformed',
    wrong.length > 0 ? `${wrong.join(', ')}: no IP address and no network` : 'these are too many addresses',
    `Give --from at most ${keyAddressesMax} as 10.20.0.7, 10.20.0.0/16 or 2001:db8::/32.`,
  );
}

/** @throws CommandError key_name_taken, argument_malformed, keys_full */
function created(made: KeyCreated) {
  switch (made.kind) {
    case 'created':
      return made.key;
    case 'name_taken':
      throw new CommandError(
        'key_name_taken',
        'another key has that name',
        'Choose another one; a revoked key keeps its name. `key rotate` gives a key a new secret.',
      );
    case 'scopes_beyond_role':
    case 'beyond_maker': {
      const beyond = made.kind === 'beyond_maker' ? made.actions : made.scopes;
      const hint = 'Choose a wider role, or leave these scopes out.';
      throw new CommandError('argument_malformed', `the role may not ${beyond.join(', ')}`, hint);
    }
    case 'keys_full':
      throw new CommandError('keys_full', `there are ${keysMax} keys`, 'Rotate one that is there.');
  }
}
