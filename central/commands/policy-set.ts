// `policy set`: a JSON or TOML file becomes the next version of the policy, for every appliance.
import { Command } from 'commander';
import { defaultPolicy } from '../feed/default-policy.ts';
import { type CommandOptions, configFlag, dataFolderOf, examples, jsonFlag, print } from './command.ts';
import { withStore } from './open-store.ts';
import { readPolicy } from './read-policy.ts';

export function policySet(): Command {
  return new Command('set')
    .argument('<file>')
    .description('make a JSON or TOML file the next version of the policy')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      `\nThe file is the whole policy: a field that it leaves out has its default, not its
value of before. docs/operations/policy.md explains every field.\n${examples(
        'policy set policy.toml --config central.toml',
      )}`,
    )
    .action((file: string, options: CommandOptions) => {
      const policy = readPolicy(file);
      const version = withStore(dataFolderOf(options), (store) => {
        // Version 1 is the default one everywhere, whatever came first.
        store.ensurePolicy(defaultPolicy);
        return store.publishPolicy(policy);
      });
      print(options, { version, policy }, `policy version ${version}`);
    });
}
