// The page on processors is true as far as words can be checked: its configuration is taken, its file of tokens too, its keys
// are those of a processor, and its fields those that are answered.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openProcessors } from '../../central/charging/open-processors.ts';
import { processorRoutes } from '../../central/charging/processor-routes.ts';
import { readTokens } from '../../central/charging/read-tokens.ts';
import { readConfig } from '../../central/config.ts';
import { noMistakes } from '../../central/feed/csv.ts';
import { temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { systemClock } from '../../kit/clock.ts';

const page = readFileSync(join(import.meta.dirname, 'processors.md'), 'utf8');
const folder = temporaryFolder();
afterAll(() => folder.remove());

const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? expect.fail(`no ${language}`);
const keysOf = (heading: string) => {
  const [, table = ''] = new RegExp(`^\\| ${heading} \\|.*?\\n(.*?)\\n\\n`, 'ms').exec(page) ?? [];
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
  );
};

it('shows a configuration that is taken, with its secrets in files of their own', () => {
  const path = join(folder.path, 'central.toml');
  writeFileSync(path, `dataFolder = "data"\nidentityFolder = "identity"\n${block('toml')}`);
  mkdirSync(join(folder.path, 'secrets'));
  for (const name of ['stripe.key', 'stripe.webhook', 'second.key']) {
    writeFileSync(join(folder.path, 'secrets', name), 'sk_test_any\n', { mode: 0o600 });
  }
  const { opened, routing } = openProcessors(readConfig(path), { clock: systemClock(), env: {} });
  expect([...opened.keys()]).toEqual(['stripe', 'second']);
  expect(routing.rules).toHaveLength(3);
});

it('names every key of a processor', () => {
  const { processors } = readConfig(join(folder.path, 'central.toml'));
  const keys = new Set(Object.values(processors).flatMap((one) => Object.keys(one)));
  expect(new Set(keysOf('key of a processor'))).toEqual(keys);
});

it('shows a file of tokens that is taken', async () => {
  const path = join(folder.path, 'tokens.csv');
  writeFileSync(path, block('csv'));
  const mistakes = noMistakes();
  const tokens = [];
  for await (const token of readTokens(path, ['stripe', 'second'], mistakes)) tokens.push(token);
  expect(mistakes.listed).toEqual([]);
  expect(tokens).toEqual([{ token: 'pm_1Q2w3e', processor: 'second', processorToken: 'pmb_7788' }]);
});

it('explains every field of a processor', () => {
  const [first] = processorRoutes(() => []);
  const example = first?.example as { items: object[] };
  const fields = Object.keys(example.items[0] ?? {}).filter((field) => field !== 'name');
  expect([...keysOf('field')].filter((word) => fields.includes(word)).sort()).toEqual(fields.sort());
});
