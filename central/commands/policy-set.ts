// `policy set`: a JSON or TOML file becomes the next version of the policy, for every appliance.
import type { Command } from 'commander';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byCommand } from '../people/actor.ts';
import { databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';
import { readPolicy } from './read-document.ts';

export function policySet(): Command {
  return databaseCommand(
    {
      name: 'set',
      description: 'make a JSON or TOML file the next version of the policy',
      arguments: [['<file>', 'the policy, JSON or TOML']],
      help: `The file is the whole policy: a field that it leaves out has its default, not
its value of before. docs/operations/policy.md explains every field.`,
      examples: ['policy set policy.toml --config central.toml'],
    },
    (dataFolder, _: object, file: string) => {
      const policy = readPolicy(file);
      const version = withStore(dataFolder, (store) => {
        // Version 1 is the default one everywhere, whatever came first.
        store.ensurePolicy(defaultPolicy);
        return store.publishPolicy(policy, byCommand());
      });
      return { result: { version, policy }, words: `policy version ${version}` };
    },
  );
}
