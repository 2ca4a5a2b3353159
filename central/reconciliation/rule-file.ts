// The rule file, by which amounts may differ and money may be late: TOML, every field checked, each mistake named.
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { describeIssue } from '../../contract/issue-words.ts';
import { CommandError, fileMissing } from '../errors.ts';
import { MatchRules } from './rules.ts';

/**
 * The rules of a file; what is not configured has the rules that hold without one.
 * @throws CommandError file_missing, rules_malformed: each names the field
 */
export function readRules(path: string | null): MatchRules {
  return path === null ? MatchRules.parse({}) : parseRules(readText(path), path);
}

/** @throws CommandError rules_malformed */
export function parseRules(text: string, path: string): MatchRules {
  const malformed = (details: string[], cause?: unknown) => {
    const hint = 'Correct the fields named; docs/operations/reconciliation.md explains each.';
    return new CommandError('rules_malformed', `${path} is no rule file`, hint, { details, cause });
  };
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    throw malformed([(error as Error).message], error);
  }
  const rules = MatchRules.safeParse(table);
  if (!rules.success) throw malformed(rules.error.issues.map(describeIssue));
  return rules.data;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileMissing(path, error);
  }
}
