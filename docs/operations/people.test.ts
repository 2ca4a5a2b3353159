// The pages on keys and reviews are true as far as words can be checked: roles, codes, keys, defaults and commands.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { parseConfig } from '../../central/config.ts';
import { exitCodes } from '../../central/errors.ts';
import { problemCodes } from '../../central/http/problems.ts';
import { keysMax } from '../../central/people/keys.ts';
import { ReviewConfig } from '../../central/people/review-config.ts';
import { reviewDecisions, reviewKinds } from '../../central/people/reviews.ts';
import { actions, roleMay, roles } from '../../central/people/roles.ts';

const root = resolve(import.meta.dirname, '..', '..');
const page = (name: string) => readFileSync(join(root, 'docs', 'operations', name), 'utf8');
const keys = page('keys.md');
const reviews = page('reviews.md');

/** The cells of every line of a table that begins with a code. */
const rows = (text: string) =>
  [...text.matchAll(/^\| `([\w.]+)`.*$/gm)].map(([line, name = '']) => ({
    name,
    cells: line
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  }));
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, body = '']) => body);

it('says of every action which role may take it', () => {
  const [table = ''] = /^\| action.*?\n\n/ms.exec(keys) ?? [];
  expect(rows(table)).toEqual(
    actions.map((action) => ({
      name: action,
      cells: roles.map((role) => (roleMay(role, action) ? 'yes' : '')),
    })),
  );
});

it('explains only codes that there are, and every one about keys and reviews', () => {
  const known = new Set<string>([...problemCodes, ...Object.keys(exitCodes)]);
  const told = [keys, reviews].flatMap((text) => rows(/^## When it fails.*/ms.exec(text)?.[0] ?? ''));
  const names = told.map(({ name }) => name);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
  const ours = [...known].filter((name) =>
    /^(keys?_|key_|review_|audit_|second_|address_not|action_)/.test(name),
  );
  expect(ours.filter((name) => !names.includes(name))).toEqual([]);
  expect(keys).toContain(`there are ${keysMax} keys`);
});

it('names every kind of review and every decision', () => {
  const names = rows(reviews).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...reviewKinds, ...reviewDecisions]));
});

it('shows configuration that central takes, and defaults that are its own', () => {
  const shown = [...blocks(keys, 'toml'), ...blocks(reviews, 'toml')];
  expect(shown).toHaveLength(3);
  for (const text of shown) {
    expect(() => parseConfig(`dataFolder = "."\nidentityFolder = "."\n${text}`, 'page')).not.toThrow();
  }
  const defaults = parse(blocks(reviews, 'toml')[1] ?? '') as { reviews: object };
  expect(ReviewConfig.parse(defaults.reviews)).toEqual(ReviewConfig.parse(undefined));
});

it('shows commands that there are', () => {
  const program = readFileSync(join(root, 'central', 'commands', 'groups.ts'), 'utf8');
  const commands = [keys, reviews].flatMap((text) => [...text.matchAll(/^holdfast-central (\w+) (\w+)/gm)]);
  expect(commands.length).toBeGreaterThan(8);
  for (const [, group, name = ''] of commands) {
    const made = `${group}${name.charAt(0).toUpperCase()}${name.slice(1)}()`;
    expect(program).toContain(made);
  }
});
