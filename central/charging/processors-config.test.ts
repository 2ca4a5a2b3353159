import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { parseConfig, readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { openProcessors } from './open-processors.ts';
import { routingRules } from './processors-config.ts';

const least = 'dataFolder = "data"\nidentityFolder = "identity"\n';
const secret = 'sk_test_thisIsNotForTheLog';
const folder = temporaryFolder();
const keyFile = join(folder.path, 'stripe.key');
const clock = manualClock();

beforeAll(() => writeFileSync(keyFile, `${secret}\n`, { mode: 0o600 }));
afterAll(() => folder.remove());

const parse = (text: string) => parseConfig(`${least}${text}`, 'x');
const rulesOf = (text: string) => routingRules(parse(text), () => 1000);
const one = '[processors.stripe]\nadapter = "stripe"\n';
const adyen = `[processors.adyen]
adapter = "adyen"
baseUrl = "https://checkout-test.adyen.com"
merchantAccount = "HoldfastLeeds"
webhookSecretFiles = ["adyen.hmac"]
`;
const two = `[processors.a]\nadapter = "stripe"\ntokenPrefixes = ["pm_"]
[processors.b]\nadapter = "stripe"\ntokenPrefixes = ["tok_"]\n`;

function detailsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandError) return error.details;
    throw error;
  }
  return [];
}

describe('the processors of a configuration', () => {
  it('are none unless they are named', () => {
    expect(rulesOf('')).toEqual({ processors: {}, rules: [] });
  });

  it('need nothing but their adapter, and take everything when there is only one', () => {
    expect(parse(one).processors.stripe).toMatchObject({
      baseUrl: 'https://api.stripe.com',
      callMsMax: 20_000,
      concurrencyMax: 64,
    });
    expect(rulesOf(one)).toEqual({
      processors: { stripe: { keyLifeMs: 1000, tokenPrefixes: [''] } },
      rules: [{ when: {}, processors: ['stripe'], otherOn: [] }],
    });
  });

  it('are chosen by rules, in their order', () => {
    const rules = `[[routing]]\nwhen = { currencies = ["EUR"], totalMinorMax = 5000 }\nprocessors = ["b"]
[[routing]]\nprocessors = ["a", "b"]\notherOn = ["other_method"]\nfallbackAfterMs = 20000\n`;
    expect(rulesOf(`${two}${rules}`).rules).toEqual([
      {
        when: { currencies: ['EUR'], totalMinorMax: 5000 },
        processors: ['b'],
        otherOn: [],
        fallbackAfterMs: 300_000,
      },
      { when: {}, processors: ['a', 'b'], otherOn: ['other_method'], fallbackAfterMs: 20_000 },
    ]);
  });

  const rule = (text: string) => `${two}[[routing]]\n${text}`;
  it.each([
    ['an adapter that is not there', '[processors.x]\nadapter = "square"', 'processors.x.adapter'],
    ['a name with capitals', '[processors.Stripe]\nadapter = "stripe"', 'processors.Stripe'],
    ['a key in the file itself', `${one}secretKey = "sk"`, 'processors.stripe.secretKey: unknown'],
    ['a processor far away without TLS', `${one}baseUrl = "http://api.example"`, 'processors.stripe.baseUrl'],
    [
      'a rule for nobody',
      rule('processors = ["c"]'),
      'routing.0.processors.0: there is no section [processors.c]',
    ],
    ['a rule without processors', rule('processors = []'), 'routing.0.processors'],
    ['a processor twice', rule('processors = ["a", "a"]'), 'routing.0.processors: name each processor once'],
    [
      'a misspelt condition',
      rule('processors = ["a"]\nwhen = { currency = "GBP" }'),
      'routing.0.when.currency',
    ],
    [
      'no currency',
      rule('processors = ["a"]\nwhen = { currencies = ["pounds"] }'),
      'routing.0.when.currencies.0',
    ],
    [
      'an empty range',
      rule('processors = ["a"]\nwhen = { totalMinorMin = 9, totalMinorMax = 8 }'),
      'routing.0.when.totalMinorMin',
    ],
    ['a fallback at once', rule('processors = ["a"]\nfallbackAfterMs = 0'), 'routing.0.fallbackAfterMs'],
    ['what must not be asked again', rule('processors = ["a"]\notherOn = ["fraud"]'), 'routing.0.otherOn.0'],
    ['several processors without a rule', two, 'routing: with several processors'],
    ['Adyen without its address', adyen.replace(/baseUrl.*/, ''), 'processors.adyen.baseUrl'],
    ['Adyen without an account', adyen.replace(/merchantAccount.*/, ''), 'processors.adyen.merchantAccount'],
    [
      'reports without a user',
      `${adyen}reports = { baseUrl = "https://ca-test.adyen.com/reports/download" }`,
      'processors.adyen.reports.userFile',
    ],
    [
      'reports by way of a network without TLS',
      `${adyen}reports = { baseUrl = "http://ca-test.adyen.com/reports/download", userFile = "a" }`,
      'processors.adyen.reports.baseUrl: use https://host',
    ],
    ['a shopper with a /', `${adyen}shopperReference = "a/b/c"`, 'processors.adyen.shopperReference'],
    [
      'Adyen without its webhooks',
      adyen.replace(/webhookSecretFiles.*/, 'webhookSecretFiles = []'),
      'processors.adyen.webhookSecretFiles: name the file of an HMAC key',
    ],
    [
      'a search at Adyen, which has none',
      `${adyen}searchSettledMs = 5000`,
      'processors.adyen.searchSettledMs: unknown',
    ],
    [
      'a merchant account at Stripe',
      `${one}merchantAccount = "HoldfastLeeds"`,
      'processors.stripe.merchantAccount: unknown',
    ],
    [
      'tokens of nobody',
      `${one}[processors.b]\nadapter = "stripe"\n[[routing]]\nprocessors = ["b"]`,
      'processors.stripe.tokenPrefixes',
    ],
  ])('are refused with the field: %s', (_, text, said) => {
    expect(detailsOf(() => parse(text)).join('\n')).toContain(said);
  });
});

const refusalOf = (opening: Promise<unknown>) => opening.catch((error: CommandError) => error);

describe('the secrets of a processor', () => {
  const sightings = () => ({ about: async () => [] });
  const open = (text: string, env: NodeJS.ProcessEnv = {}) =>
    openProcessors(parse(text), { clock, env, sightings });

  it('come from a file beside the configuration, and the processor goes by its own name', async () => {
    const path = join(folder.path, 'central.toml');
    writeFileSync(path, `${least}[processors.front]\nadapter = "stripe"\nkeyFile = "stripe.key"\n`);
    const { opened } = await openProcessors(readConfig(path), { clock, env: {}, sightings });
    expect([...opened].map(([name, { port }]) => [name, port.name])).toEqual([['front', 'front']]);
  });

  it('are beside the configuration for Adyen too, and it goes by its own name', async () => {
    const path = join(folder.path, 'adyen.toml');
    const files = 'keyFile = "stripe.key"\nwebhookUserFile = "adyen.user"\n';
    writeFileSync(path, `${least}${adyen.replace('processors.adyen', 'processors.back')}${files}`);
    const secrets = { 'adyen.hmac': '00ffAA', 'adyen.user': 'adyen:a:b' };
    for (const [name, text] of Object.entries(secrets)) {
      writeFileSync(join(folder.path, name), text, { mode: 0o600 });
    }
    const { opened, routing } = await openProcessors(readConfig(path), { clock, env: {}, sightings });
    expect([...opened].map(([name, { port }]) => [name, port.name])).toEqual([['back', 'back']]);
    expect(routing.processors.back?.keyLifeMs).toBe(7 * 24 * 3_600_000);
  });

  it.each([
    ['its HMAC key is no hexadecimal number', 'adyen.hmac', 'notHexadecimal', 'HMAC key'],
    ['a user has no password', 'adyen.user', 'notPaired:', 'user:password'],
  ])('of Adyen are refused without being shown when %s', async (_, name, secretText, hint) => {
    const path = join(folder.path, 'wrong.toml');
    const files = { 'adyen.hmac': '00ff', 'adyen.user': 'adyen:any', [name]: secretText };
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(folder.path, file), text, { mode: 0o600 });
    }
    writeFileSync(path, `${least}${adyen}keyFile = "stripe.key"\nwebhookUserFile = "adyen.user"\n`);
    const refused = await refusalOf(openProcessors(readConfig(path), { clock, env: {}, sightings }));
    expect(refused).toMatchObject({ code: 'secret_unusable', hint: expect.stringContaining(hint) });
    expect(JSON.stringify([refused, String(refused)])).not.toContain(secretText);
  });

  it('come from the credential of that name when no file is named', async () => {
    writeFileSync(join(folder.path, 'stripe'), secret, { mode: 0o440 });
    const { opened } = await open(one, { CREDENTIALS_DIRECTORY: folder.path });
    expect(opened.size).toBe(1);
    await expect(open(one)).rejects.toMatchObject({ code: 'secret_unusable' });
  });

  const unusable = (content: string, mode: number) => {
    const path = join(folder.path, 'wrong.key');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return `${one}keyFile = ${JSON.stringify(path)}`;
  };
  it.each([
    ['others may read it', `${secret}\n`, 0o640, 'chmod 600'],
    ['it is empty', '\n', 0o600, 'on one line'],
    ['it holds more than a secret', `key = ${secret}\n`, 0o600, 'on one line'],
  ])('are refused without being shown when %s', async (_, content, mode, hint) => {
    const text = unusable(content, mode);
    const refused = await refusalOf(open(text));
    expect(refused).toMatchObject({ code: 'secret_unusable', hint: expect.stringContaining(hint) });
    expect(JSON.stringify([refused, String(refused)])).not.toContain(secret);
  });
});
