// `policy validate`: whether a file is a policy, without any database.
import type { Command } from 'commander';
import { command } from './command.ts';
import { readPolicy } from './read-document.ts';

export function policyValidate(): Command {
  return command(
    {
      name: 'validate',
      description: 'say whether a file is a policy; exit 1 when it is none',
      arguments: [['<file>', 'the policy, JSON or TOML']],
      examples: ['policy validate policy.toml'],
    },
    (_: object, file: string) => ({
      result: { valid: true, policy: readPolicy(file) },
      words: `${file} is a policy`,
    }),
  );
}
