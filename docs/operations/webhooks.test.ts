// The page on webhooks is true as far as words can be checked: a receiver's example verifies what central signs, the codes are
// those of the door, the configuration is taken, and the types are all that there are.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { parseConfig } from '../../central/config.ts';
import { temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { outboundTypes, signBody } from '../../central/webhooks/outbound.ts';
import { deliveryDelaysMs } from '../../central/webhooks/retries.ts';

const page = readFileSync(join(import.meta.dirname, 'webhooks.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';

interface Example {
  isFromHoldfast(body: Uint8Array, header: string, secret: string, nowMs?: number): boolean;
}

it('shows a receiver how to verify, which takes what central signs and nothing else', async () => {
  const folder = temporaryFolder();
  try {
    const path = join(folder.path, 'verify.mjs');
    writeFileSync(path, block('js'));
    const { isFromHoldfast }: Example = await import(pathToFileURL(path).href);
    const body = Buffer.from(block('json'));
    const nowMs = Date.now();
    const rotating = signBody(body, ['new', 'old'], nowMs);
    expect(['new', 'old'].map((secret) => isFromHoldfast(body, rotating, secret))).toEqual([true, true]);
    expect(isFromHoldfast(body, rotating, 'another')).toBe(false);
    expect(isFromHoldfast(Buffer.from(`${body} `), rotating, 'new')).toBe(false);
    expect(isFromHoldfast(body, rotating, 'new', nowMs + 302_000)).toBe(false);
    for (const header of [
      '',
      'nonsense',
      `t=${Math.floor(nowMs / 1000)}`,
      rotating.replace(/t=\d+/, 't=1'),
    ]) {
      expect(isFromHoldfast(body, header, 'new')).toBe(false);
    }
  } finally {
    folder.remove();
  }
});

it('explains every answer of the door, and none that there is not', () => {
  const door = readFileSync(join(import.meta.dirname, '../../central/webhooks/receive.ts'), 'utf8');
  const [, table = ''] = /const problems = \{(.*?)\} as const;/s.exec(door) ?? [];
  const given = [...table.matchAll(/^ {2}(\w+): \[(\d+),/gm)].map(([, code, status]) => `${status} ${code}`);
  const general = ['404 not_found', '405 method_not_allowed'];
  const told = [...page.matchAll(/^\| `(\d{3} \w+)` \|/gm)].map(([, code]) => code);
  expect(told.toSorted()).toEqual(given.filter((code) => !general.includes(code)).toSorted());
});

it('shows a configuration that is taken', () => {
  const text = `dataFolder = "."\nidentityFolder = "."\n${block('toml')}`;
  expect(parseConfig(text, 'page').webhooks).toMatchObject({
    port: 8082,
    sources: { stripe: ['192.0.2.0/24'] },
  });
});

it('names every type of event, and the whole schedule', () => {
  const [, types = ''] = /\| is told when.*?\n(.*?)\n\n/s.exec(page) ?? [];
  expect([...types.matchAll(/^\| `([\w.]+)`/gm)].map(([, type]) => type)).toEqual(outboundTypes);
  expect(deliveryDelaysMs.map((ms) => ms / 60_000)).toEqual([1, 5, 30, 60, 180, 360, 360, 360]);
  expect(page).toMatch(/after 1 min, 5 min, 30 min, 1 h, 3 h and three\s+times 6 h; after the ninth try/);
});
