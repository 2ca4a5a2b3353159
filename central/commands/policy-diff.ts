// `policy diff`: what a file would change, against the policy in force. Changes nothing itself.
import type { Command } from 'commander';
import { defaultPolicy } from '../feed/default-policy.ts';
import { changedFields, describeChange } from '../feed/differences.ts';
import { counted, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';
import { readPolicy } from './read-document.ts';

export function policyDiff(): Command {
  return databaseCommand(
    {
      name: 'diff',
      description: 'show what a file would change',
      arguments: [['<file>', 'the policy, JSON or TOML']],
      examples: ['policy diff policy.toml --config central.toml'],
    },
    (dataFolder, _: object, file: string) => {
      const after = readPolicy(file);
      const inForce = readStore(dataFolder, (store) => store.policy());
      const { version, policy } = inForce ?? { version: 0, policy: defaultPolicy };
      const changes = changedFields(policy, after);
      const head = `against version ${version}: ${counted(changes.length, 'field')} would change`;
      return {
        result: { against: version, changes },
        words: [head, ...changes.map(describeChange)].join('\n'),
      };
    },
  );
}
