// `policy show`: the policy in force, in the form that `policy set` takes.
import type { Command } from 'commander';
import { stringify } from 'smol-toml';
import { defaultPolicy } from '../feed/default-policy.ts';
import { databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function policyShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'print the policy in force as TOML, to be edited and set again',
      examples: [
        'policy show --config central.toml > policy.toml',
        'policy show --json --config central.toml',
      ],
    },
    (dataFolder) => {
      const inForce = readStore(dataFolder, (store) => store.policy());
      const { version, policy } = inForce ?? { version: null, policy: defaultPolicy };
      const head =
        version === null ? 'none is in force yet: central begins with this one' : `version ${version}`;
      return { result: { version, policy }, words: `# ${head}\n${tomlOf(policy)}` };
    },
  );
}

/** An empty line before every table: the library leaves it out after an empty one. */
function tomlOf(policy: object): string {
  return stringify(policy)
    .trimEnd()
    .replaceAll(/(?<!\n)\n\[/g, '\n\n[');
}
