// Rollouts through real programs: a central and two boxes that prove what they run by their own word. Policies, configurations
// and catalogues go their ways at once, for they are of three lanes.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { defaultPolicy } from '../../central/feed/default-policy.ts';
import { publishProducts, writeDraft } from '../../central/feed/publish.ts';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import type { RolloutBoxView, RolloutEvent, RolloutView } from '../../central/rollout/port.ts';
import { Product } from '../../contract/feed.ts';
import type { PolicyInput } from '../../contract/policy.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { type Daemon, startDaemon } from './daemon.ts';

const waitMsMax = 90_000;
const names = ['leeds-1', 'york-1'] as const;
/** The canary proves it first; a box counts once a synthetic checkout went through it. */
const plan = {
  canary: { appliances: ['leeds-1'] },
  stagesPercent: [100],
  soakMinutes: 0,
  probe: 'required',
};
const taxed = { ...defaultPolicy, tax: { prices: 'inclusive' as const, rates: { food: 500 } } };
let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
const boxes = new Map<string, Daemon>();

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start();
  const by = { actor: { kind: 'command' as const, user: 'tester', from: 'bench' }, nowMs: Date.now };
  await withPort(site.dataFolder, async (port) => {
    await port.publishPolicy(taxed, { ...by, nowMs: Date.now() });
    await publishProducts(port, [apple(50)], by);
  });
  await Promise.all(
    names.map(async (name) => {
      writeFileSync(
        configOf(name),
        `dataFolder = "${name}-data"
identityFolder = ${JSON.stringify(await site.appliance(name))}
[http]
port = 0
[central]
url = "mqtts://localhost:${central.mqttPort}"
${name === 'york-1' ? 'maySet = ["synthetic.everyMinutes"]' : ''}
`,
      );
      const box = await startDaemon(configOf(name));
      boxes.set(name, box);
      await box.until(({ catalogue, policy }) => catalogue.version === 1 && policy.version > 0);
    }),
  );
}, 120_000);
afterAll(async () => {
  await Promise.all([...boxes.values()].map((box) => box.stop()));
  await central.stop();
  site.remove();
});

function apple(priceMinor: number, more: object = {}): Product {
  return Product.parse({ sku: 'apple', name: 'Apple', price: { priceMinor }, taxCategory: 'food', ...more });
}

const configOf = (name: string) => join(site.folder, `${name}.toml`);

async function ask<T>(path: string, body?: object): Promise<T> {
  const key = central.announced.find((line) => 'operatorKey' in line)?.operatorKey;
  const answer = await fetch(`http://127.0.0.1:${central.httpPort}${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await answer.json()) as T;
}

/** Rolls it out, and waits until that came to its end by itself. */
async function rollOut(change: object, judged = plan): Promise<RolloutView> {
  return until(await ask<RolloutView>('/v1/rollouts', { change, plan: judged }), {
    endedMs: expect.any(Number),
  });
}

async function until({ number }: RolloutView, like: object): Promise<RolloutView> {
  return vi.waitFor(
    async () => {
      const rollout = await ask<RolloutView>(`/v1/rollouts/${number}`);
      expect(rollout).toMatchObject(like);
      return rollout;
    },
    { timeout: waitMsMax, interval: 200 },
  );
}

/** Somebody looks at what the canary has, and takes it back. */
async function takeBack(change: object): Promise<RolloutView> {
  const watched = { ...plan, soakMinutes: 60, probe: 'ignored' };
  const begun = await ask<RolloutView>('/v1/rollouts', { change, plan: watched });
  const { number, version } = await until(begun, { counts: { confirmed: 1 } });
  const act = { kind: 'abort', version, reason: 'wrong prices', boxes: 'return' };
  return until(await ask(`/v1/rollouts/${number}/steps`, act), { endedMs: expect.any(Number) });
}

const policy = (changed: Partial<PolicyInput>) =>
  rollOut({ kind: 'policy', policy: { ...taxed, ...changed } });
// By the box's own word alone: the policy that is on its way beside it may make synthetic checkouts fail.
const configuration = (values: object) =>
  rollOut({ kind: 'configuration', values }, { ...plan, probe: 'ignored' });
const catalogue = async (products: Product[]) => ({
  kind: 'catalogue',
  draft: await withPort(site.dataFolder, (port) =>
    writeDraft(port, { source: 'apples.csv', products, nowMs: Date.now }),
  ),
});
/** What an apple costs at a box. */
async function quoted(name: string): Promise<unknown> {
  const body = JSON.stringify({ lines: [{ sku: 'apple', quantity: 1 }], currency: 'GBP' });
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  return (await fetch(`http://127.0.0.1:${boxes.get(name)?.httpPort}/v1/quotes`, asked)).json();
}
const catalogueAt = async (name: string) => (await boxes.get(name)?.status())?.catalogue.version;
const eventsOf = async ({ number }: RolloutView) => {
  const { items } = await ask<{ items: RolloutEvent[] }>(`/v1/rollouts/${number}/events`);
  return items.map(({ what }) => what.kind);
};
const boxesOf = async ({ number }: RolloutView) =>
  (await ask<{ items: RolloutBoxView[] }>(`/v1/rollouts/${number}/boxes`)).items;
const policyAt = async (name: string) => (await boxes.get(name)?.status())?.policy.version;

/** What the box says of a key, and who said so. */
async function shown(name: string, key: string): Promise<object | undefined> {
  const words = ['config', 'show', '--json', '--config', configOf(name)];
  const { stdout } = await promisify(execFile)(process.execPath, [mainOf('holdfast'), ...words]);
  return (JSON.parse(stdout) as { values: { key: string }[] }).values.find((one) => one.key === key);
}

it('reach the others once the canary proved it, and come back by themselves where a box cannot take it', {
  timeout: 300_000,
}, async () => {
  const before = await policyAt('york-1');
  const [wider, refused, dearer] = await Promise.all([
    policy({ exposure: { totalMinorMax: 77_700 } }),
    configuration({ 'synthetic.everyMinutes': 0, 'log.level': 'warn' }),
    catalogue([apple(60)]).then((change) => rollOut(change)),
  ]);
  expect(wider).toMatchObject({ state: 'done', counts: { confirmed: 2 } });
  expect(await eventsOf(wider)).toEqual(['create', 'stage', 'end']);
  for (const name of names)
    expect(await boxes.get(name)?.status()).toMatchObject({
      policy: { version: before === undefined ? 0 : before + 1 },
      exposure: { limitMinor: 77_700 },
    });

  expect(dearer).toMatchObject({ state: 'done', change: { version: 2 }, counts: { confirmed: 2 } });
  expect(await eventsOf(dearer)).toEqual(['create', 'stage', 'end']);
  expect(await ask('/v1/catalogue')).toMatchObject({ inForce: { version: 2 }, drafts: [] });
  for (const name of names) expect(await catalogueAt(name)).toBe(2);

  // The one took it and the other's own file keeps the key: it says so by name, and the first has what it had.
  expect(refused).toMatchObject({ state: 'rolled_back', reason: { code: 'boxes_failed', failed: 1, of: 2 } });
  expect(await eventsOf(refused)).toEqual(['create', 'stage', 'roll_back', 'end']);
  expect(await boxesOf(refused)).toMatchObject([
    { applianceId: 'leeds-1', state: 'returned' },
    { applianceId: 'york-1', reason: 'log.level: kept_by_the_box' },
  ]);
  expect(await shown('leeds-1', 'log.level')).toMatchObject({ value: 'info', from: 'default' });

  const known = await policyAt('york-1');
  const [forgetful, asked, tooDear] = await Promise.all([
    // Whoever wrote it forgot a tax rate: nothing can be sold under it, which a synthetic checkout finds.
    policy({ tax: { prices: 'inclusive', rates: {} } }),
    configuration({ 'synthetic.everyMinutes': 720 }),
    catalogue([apple(6000)]).then(takeBack),
  ]);
  expect(forgetful).toMatchObject({
    state: 'rolled_back',
    reason: { code: 'boxes_failed', failed: 1, of: 1 },
    counts: { returned: 1, spared: 1 },
  });
  expect(await boxesOf(forgetful)).toMatchObject([{ applianceId: 'leeds-1', reason: 'probe_failed' }, {}]);
  expect(await policyAt('york-1')).toBe(known);
  expect(await boxes.get('leeds-1')?.status()).toMatchObject({ exposure: { limitMinor: 77_700 } });
  // What differs from it came back under the next number, and the other box heard of neither.
  expect(tooDear).toMatchObject({ state: 'rolled_back', counts: { returned: 1, spared: 1 } });
  expect([await catalogueAt('leeds-1'), await catalogueAt('york-1')]).toEqual([4, 2]);
  for (const name of names) expect(await quoted(name)).toMatchObject({ totalMinor: 60 });
  expect(asked).toMatchObject({ state: 'done', counts: { confirmed: 2 } });
  for (const name of names)
    expect(await shown(name, 'synthetic.everyMinutes')).toMatchObject({ value: 720, from: 'central' });
});
