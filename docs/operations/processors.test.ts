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
mkdirSync(join(folder.path, 'secrets'));
afterAll(() => folder.remove());
const least = 'dataFolder = "data"\nidentityFolder = "identity"\n';
const sightings = () => ({ about: async () => [] });

const block = (language: string, number = 0) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))][number]?.[1] ??
  expect.fail(`no ${language}`);
const keysOf = (heading: string) => {
  const [, table = ''] = new RegExp(`^\\| ${heading} \\|.*?\\n(.*?)\\n\\n`, 'ms').exec(page) ?? [];
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
  );
};

it('shows a configuration that is taken, with its secrets in files of their own', async () => {
  const path = join(folder.path, 'central.toml');
  writeFileSync(path, `${least}${block('toml')}`);
  for (const name of ['stripe.key', 'stripe.webhook', 'second.key']) {
    writeFileSync(join(folder.path, 'secrets', name), 'sk_test_any\n', { mode: 0o600 });
  }
  const { opened, routing } = await openProcessors(readConfig(path), {
    clock: systemClock(),
    env: {},
    sightings,
  });
  expect([...opened.keys()]).toEqual(['stripe', 'second']);
  expect(routing.rules).toHaveLength(3);
});

it('shows a configuration for Adyen that is taken, and names every key of it', async () => {
  const path = join(folder.path, 'adyen.toml');
  writeFileSync(path, `${least}${block('toml', 1)}`);
  const secrets = {
    key: 'test_any',
    hmac: '44782DEF547AAA06C910C43932B1EB0C',
    user: 'adyen:any',
    report: 'report:any',
  };
  for (const [name, secret] of Object.entries(secrets)) {
    writeFileSync(join(folder.path, 'secrets', `adyen.${name}`), `${secret}\n`, { mode: 0o600 });
  }
  const config = readConfig(path);
  const { opened } = await openProcessors(config, { clock: systemClock(), env: {}, sightings });
  expect([...opened.values()].map(({ port }) => port.name)).toEqual(['adyen']);
  const known = [...keysOf('key of a processor'), ...keysOf('key at Adyen'), 'searchSettledMs'];
  const keys = [...Object.keys(config.processors.adyen ?? {}), 'searchSettledMs'];
  expect(new Set(known)).toEqual(new Set(keys));
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
