// What is brought to boxes, in the file named on the command line: a policy, or what central sets of their configuration; TOML or JSON.
import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { RemoteConfiguration, remoteKeys } from '../../contract/configuration.ts';
import { describeIssue } from '../../contract/issue-words.ts';
import { Policy } from '../../contract/policy.ts';
import { CommandError, type CommandErrorCode } from '../errors.ts';
import { readText } from './read-text.ts';

/** @throws CommandError file_missing, file_malformed, policy_malformed naming every field that is wrong */
export function readPolicy(file: string): Policy {
  return readDocument(file, {
    schema: Policy,
    code: 'policy_malformed',
    message: `${file} is no policy`,
    hint: 'Correct the fields named; docs/operations/policy.md explains each of them.',
  });
}

/** As a box's own file has it. @throws CommandError file_missing, file_malformed, configuration_malformed naming every key that is wrong */
export function readConfiguration(file: string): RemoteConfiguration {
  return readDocument(file, {
    schema: z.preprocess((value) => flat(value), RemoteConfiguration),
    code: 'configuration_malformed',
    message: `${file} is nothing that central sets`,
    hint: `Central sets these: ${remoteKeys.join(', ')}.`,
  });
}

function readDocument<Schema extends z.ZodType>(
  file: string,
  { schema, code, message, hint }: { schema: Schema; code: CommandErrorCode; message: string; hint: string },
): z.output<Schema> {
  const malformed = (details: string[], cause?: unknown) =>
    new CommandError(code, message, hint, { details, cause });
  const text = readText(file);
  let value: unknown;
  try {
    value = text.trimStart().startsWith('{') ? JSON.parse(text) : parseToml(text);
  } catch (error) {
    throw malformed((error as Error).message.trimEnd().split('\n'), error);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues.map(describeIssue));
  return parsed.data;
}

/** Tables as keys with points between, as `log.level`. */
function flat(value: unknown, name = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [name]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, each]) => flat(each, name === '' ? key : `${name}.${key}`)),
  );
}
