// `policy schema`: the JSON Schema of a policy, for editors.
import { Command } from 'commander';
import * as z from 'zod';
import { Policy } from '../../contract/policy.ts';
import { examples } from './command.ts';

export function policySchema(): Command {
  return new Command('schema')
    .description('print the JSON Schema (2020-12) of a policy file')
    .addHelpText('after', examples('policy schema > policy.schema.json'))
    .action(() => {
      // As a person writes it: what has a default may be left out.
      const schema = { title: 'A Holdfast policy', ...z.toJSONSchema(Policy, { io: 'input' }) };
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
