// What is wrong with a configuration, in words that name the key, and for a misspelt one the key that was probably meant.
import type { z } from 'zod';
import { describeIssue } from '../contract/issue-words.ts';

/** @param known every key there is, as `table.key` */
export function configIssueWords(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  if (issue.code !== 'unrecognized_keys') return [describeIssue(issue)];
  return issue.keys.map((key) => unknownWords([...issue.path, key].join('.'), known));
}

export function unknownWords(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === null
    ? `${key}: there is no such key; remove it`
    : `${key}: there is no such key; did you mean ${meant}?`;
}

/** Half of a key may be wrong, and no more, for another to be meant. */
const wrongShareMax = 0.5;

function nearest(key: string, known: readonly string[]): string | null {
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const ranked = known
    // Right, but in another table, is nearer than any misspelling.
    .map((path) => ({ path, wrong: last(path) === last(key) ? 0 : edits(key, path) }))
    .sort((a, b) => a.wrong - b.wrong);
  const best = ranked[0];
  return best && best.wrong <= key.length * wrongShareMax ? best.path : null;
}

/** Levenshtein's distance: letters put in, left out or exchanged (Wagner and Fischer, 1974). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
