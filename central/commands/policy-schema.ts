// `policy schema`: the JSON Schema of a policy, for editors.
import type { Command } from 'commander';
import * as z from 'zod';
import { Policy } from '../../contract/policy.ts';
import { command } from './command.ts';

export function policySchema(): Command {
  return command(
    {
      name: 'schema',
      description: 'print the JSON Schema (2020-12) of a policy file',
      examples: ['policy schema > policy.schema.json'],
    },
    () => {
      // As a person writes it: what has a default may be left out.
      const schema = { title: 'A Holdfast policy', ...z.toJSONSchema(Policy, { io: 'input' }) };
      return { result: schema, words: JSON.stringify(schema, null, 2) };
    },
  );
}
