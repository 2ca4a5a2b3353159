// `policy validate`: whether a file is a policy, without any database.
import { Command } from 'commander';
import { examples, jsonFlag, print } from './command.ts';
import { readPolicy } from './read-policy.ts';

export function policyValidate(): Command {
  return new Command('validate')
    .argument('<file>')
    .description('say whether a file is a policy; exit 1 when it is none')
    .option(...jsonFlag)
    .addHelpText('after', examples('policy validate policy.toml'))
    .action((file: string, options: { json?: boolean }) => {
      const policy = readPolicy(file);
      print(options, { valid: true, policy }, `${file} is a policy`);
    });
}
