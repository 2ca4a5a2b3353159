// Rollouts through real programs: a central and two boxes that prove what they run by their own word. Policies and configurations
// go their ways at once, for they are of two lanes.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { defaultPolicy } from '../../central/feed/default-policy.ts';
import { publishProducts } from '../../central/feed/publish.ts';
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
    const apple = { sku: 'apple', name: 'Apple', price: { priceMinor: 50 }, taxCategory: 'food' };
    await publishProducts(port, [Product.parse(apple)], by);
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
  const { number } = await ask<RolloutView>('/v1/rollouts', { change, plan: judged });
  return vi.waitFor(
    async () => {
      const rollout = await ask<RolloutView>(`/v1/rollouts/${number}`);
      expect(rollout.endedMs, JSON.stringify(rollout)).not.toBeNull();
      return rollout;
    },
    { timeout: waitMsMax, interval: 200 },
  );
}

const policy = (changed: Partial<PolicyInput>) =>
  rollOut({ kind: 'policy', policy: { ...taxed, ...changed } });
// By the box's own word alone: the policy that is on its way beside it may make synthetic checkouts fail.
const configuration = (values: object) =>
  rollOut({ kind: 'configuration', values }, { ...plan, probe: 'ignored' });
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
  const [wider, refused] = await Promise.all([
    policy({ exposure: { totalMinorMax: 77_700 } }),
    configuration({ 'synthetic.everyMinutes': 0, 'log.level': 'warn' }),
  ]);
  expect(wider).toMatchObject({ state: 'done', counts: { confirmed: 2 } });
  expect(await eventsOf(wider)).toEqual(['create', 'stage', 'end']);
  for (const name of names)
    expect(await boxes.get(name)?.status()).toMatchObject({
      policy: { version: before === undefined ? 0 : before + 1 },
      exposure: { limitMinor: 77_700 },
    });

  // The one took it and the other's own file keeps the key: it says so by name, and the first has what it had.
  expect(refused).toMatchObject({ state: 'rolled_back', reason: { code: 'boxes_failed', failed: 1, of: 2 } });
  expect(await eventsOf(refused)).toEqual(['create', 'stage', 'roll_back', 'end']);
  expect(await boxesOf(refused)).toMatchObject([
    { applianceId: 'leeds-1', state: 'returned' },
    { applianceId: 'york-1', reason: 'log.level: kept_by_the_box' },
  ]);
  expect(await shown('leeds-1', 'log.level')).toMatchObject({ value: 'info', from: 'default' });

  const known = await policyAt('york-1');
  const [forgetful, asked] = await Promise.all([
    // Whoever wrote it forgot a tax rate: nothing can be sold under it, which a synthetic checkout finds.
    policy({ tax: { prices: 'inclusive', rates: {} } }),
    configuration({ 'synthetic.everyMinutes': 720 }),
  ]);
  expect(forgetful).toMatchObject({
    state: 'rolled_back',
    reason: { code: 'boxes_failed', failed: 1, of: 1 },
    counts: { returned: 1, spared: 1 },
  });
  expect(await boxesOf(forgetful)).toMatchObject([{ applianceId: 'leeds-1', reason: 'probe_failed' }, {}]);
  expect(await policyAt('york-1')).toBe(known);
  expect(await boxes.get('leeds-1')?.status()).toMatchObject({ exposure: { limitMinor: 77_700 } });
  expect(asked).toMatchObject({ state: 'done', counts: { confirmed: 2 } });
  for (const name of names)
    expect(await shown(name, 'synthetic.everyMinutes')).toMatchObject({ value: 720, from: 'central' });
});
