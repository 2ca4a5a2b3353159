// `policy show`: the policy in force, in the form that `policy set` takes.
import { Command } from 'commander';
import { stringify } from 'smol-toml';
import { defaultPolicy } from '../feed/default-policy.ts';
import { type CommandOptions, configFlag, dataFolderOf, examples, print } from './command.ts';
import { readStore } from './open-store.ts';

export function policyShow(): Command {
  return new Command('show')
    .description('print the policy in force as TOML, to be edited and set again')
    .requiredOption(...configFlag)
    .option('--json', 'print it as one JSON object, with its version')
    .addHelpText(
      'after',
      examples('policy show --config central.toml > policy.toml', 'policy show --json --config central.toml'),
    )
    .action((options: CommandOptions) => {
      const inForce = readStore(dataFolderOf(options), (store) => store.policy());
      const { version, policy } = inForce ?? { version: null, policy: defaultPolicy };
      const head =
        version === null ? 'none is in force yet: central begins with this one' : `version ${version}`;
      print(options, { version, policy }, `# ${head}\n${stringify(policy).trimEnd()}`);
    });
}
