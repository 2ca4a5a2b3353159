// `key revoke`: a key ends for good, from the next request on.
import type { Command } from 'commander';
import { byCommand } from '../people/actor.ts';
import { databaseCommand } from './command.ts';
import { changedKey } from './key-rotate.ts';
import { reasonOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';

export function keyRevoke(): Command {
  return databaseCommand(
    {
      name: 'revoke',
      description: 'end a key for good, from the next request on',
      arguments: [['<name>', 'the key']],
      options: [reasonOption('--reason <words>', 'why, for the audit log')],
      examples: ['key revoke month-end --reason "its laptop was lost" --config central.toml'],
    },
    (dataFolder, { reason }: { reason: string }, name: string) => {
      refuseMissing(dataFolder);
      const changed = withStore(dataFolder, (store) => store.revokeKey({ name, reason }, byCommand()));
      return { result: { key: changedKey(changed, name) }, words: `${name} is revoked` };
    },
  );
}
