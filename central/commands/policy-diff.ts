// `policy diff`: what a file would change, against the policy in force. Changes nothing itself.
import { Command } from 'commander';
import { defaultPolicy } from '../feed/default-policy.ts';
import { changedFields, describeChange } from '../feed/differences.ts';
import {
  type CommandOptions,
  configFlag,
  counted,
  dataFolderOf,
  examples,
  jsonFlag,
  print,
} from './command.ts';
import { readStore } from './open-store.ts';
import { readPolicy } from './read-policy.ts';

export function policyDiff(): Command {
  return new Command('diff')
    .argument('<file>')
    .description('show what a file would change')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText('after', examples('policy diff policy.toml --config central.toml'))
    .action((file: string, options: CommandOptions) => {
      const after = readPolicy(file);
      const inForce = readStore(dataFolderOf(options), (store) => store.policy());
      const { version, policy } = inForce ?? { version: 0, policy: defaultPolicy };
      const changes = changedFields(policy, after);
      const head = `against version ${version}: ${counted(changes.length, 'field')} would change`;
      print(options, { against: version, changes }, [head, ...changes.map(describeChange)].join('\n'));
    });
}
