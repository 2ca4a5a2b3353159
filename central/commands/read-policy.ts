// A policy in the file named on the command line, JSON or TOML.
import { parse as parseToml } from 'smol-toml';
import { describeIssue } from '../../contract/issue-words.ts';
import { Policy } from '../../contract/policy.ts';
import { CommandError } from '../errors.ts';
import { readText } from './read-text.ts';

/** @throws CommandError file_missing, file_malformed, policy_malformed naming every field that is wrong */
export function readPolicy(file: string): Policy {
  const malformed = (details: string[], cause?: unknown) => {
    const hint = 'Correct the fields named; docs/operations/policy.md explains each of them.';
    return new CommandError('policy_malformed', `${file} is no policy`, hint, { details, cause });
  };
  const text = readText(file);
  let value: unknown;
  try {
    value = text.trimStart().startsWith('{') ? JSON.parse(text) : parseToml(text);
  } catch (error) {
    throw malformed((error as Error).message.trimEnd().split('\n'), error);
  }
  const parsed = Policy.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues.map(describeIssue));
  return parsed.data;
}
