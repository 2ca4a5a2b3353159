// What a schema finds wrong, in words that say what to write instead: schemas themselves speak to programmers.
import type { z } from 'zod';

/** Without the field: the caller names it, and its line where there is one. */
export function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return boundWords(issue.origin, Number(issue.minimum), 'at least');
    case 'too_big':
      return boundWords(issue.origin, Number(issue.maximum), 'at most');
    case 'invalid_value':
      return `use ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_type':
      return issue.message.endsWith('undefined')
        ? 'must be given'
        : `must be ${kindWords[issue.expected] ?? issue.expected}`;
    default:
      return issue.message;
  }
}

const kindWords: Partial<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table of fields',
  record: 'a table of fields',
};

function boundWords(origin: string, bound: number, most: 'at least' | 'at most'): string {
  if (origin === 'string')
    return bound === 1 && most === 'at least' ? 'must not be empty' : `use ${most} ${bound} characters`;
  if (origin === 'array') return `give ${most} ${bound}`;
  return `must be ${most} ${bound}`;
}

/** One issue of a schema in words: the key, then what is wrong with it. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`));
    return `${keys.join(', ')}: unknown; remove it or correct its spelling`;
  }
  return `${path === '' ? 'the whole' : path}: ${issueWords(issue)}`;
}
