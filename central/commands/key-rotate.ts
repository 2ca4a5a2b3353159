// `key rotate`: a new secret for a key, while the old one goes on for as long as its users need to change over.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import type { KeyChanged } from '../people/port.ts';
import { databaseCommand } from './command.ts';
import { momentAhead, momentWords } from './moment.ts';
import { refuseMissing, withStore } from './open-store.ts';

export function keyRotate(): Command {
  return databaseCommand(
    {
      name: 'rotate',
      description: 'give a key a new secret, valid at once; the old one ends later',
      arguments: [['<name>', 'the key']],
      options: [
        new Option('--old-until <moment>', 'how long the old secret is valid: 24h, 7d or 2027-01-31').default(
          '24h',
        ),
      ],
      help: 'To end a secret that others have seen, revoke its key and create another.',
      examples: ['key rotate month-end --old-until 7d --config central.toml'],
    },
    (dataFolder, options: { oldUntil: string }, name: string) => {
      refuseMissing(dataFolder);
      const by = byCommand();
      const secret = newApiKey();
      const oldUntilMs = momentAhead('--old-until', options.oldUntil, by.nowMs);
      const change = { name, hash: hashApiKey(secret), oldUntilMs };
      const key = changedKey(
        withStore(dataFolder, (store) => store.rotateKey(change, by)),
        name,
      );
      return {
        result: { key, secret },
        words: `${name}: the new secret is valid now, the old one until ${momentWords(oldUntilMs)}\n${secret}\nThis is said once: only its hash is kept.`,
      };
    },
  );
}

/** @throws CommandError key_unknown, key_revoked */
export function changedKey(changed: KeyChanged, name: string) {
  switch (changed.kind) {
    case 'changed':
      return changed.key;
    case 'key_unknown':
      throw new CommandError('key_unknown', `there is no key ${name}`, 'See `key list`.');
    case 'key_revoked':
      throw new CommandError(
        'key_revoked',
        `the key ${name} was revoked`,
        'Make another one with `key create`.',
      );
    case 'last_admin':
    case 'beyond_maker':
      throw new Error(`a command was answered ${changed.kind}, which is for keys alone`);
  }
}
