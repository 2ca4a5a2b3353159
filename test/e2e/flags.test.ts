// A flag on its way from an operator's command to a kiosk, through real processes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Flags } from '../../contract/kiosk-api.ts';
import type { Policy } from '../../contract/policy.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { filesOf } from '../../trial/site-folder.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { newFolder, openShop } from './shop.ts';

let folder: string;
let site: Site;

beforeAll(async () => {
  folder = newFolder();
  site = await openShop(folder);
  const config = filesOf(folder).applianceConfig;
  await site.appliance.stop();
  writeFileSync(config, `site = "leeds"\n${readFileSync(config, 'utf8')}`);
  await site.appliance.start();
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

async function setPolicy(flags: Policy['flags']): Promise<void> {
  const file = join(folder, 'flags.json');
  writeFileSync(file, JSON.stringify({ ...generousPolicy, flags }));
  await centralCommand(['policy', 'set', file], filesOf(folder).centralConfig);
}

async function newSlip() {
  const response = await fetch(`${site.applianceUrl}/v1/flags`);
  return Flags.parse(await response.json()).flags['new-slip'];
}

it('a flag set at central is on at its site, also without a link, until central takes it back', async () => {
  expect(await newSlip()).toBeUndefined();
  await setPolicy({ 'new-slip': { shareBasisPoints: 10_000, sites: ['leeds'] } });
  const on = { value: true, variant: 'on', reason: 'TARGETING_MATCH' };
  await vi.waitFor(async () => expect(await newSlip()).toEqual(on), { timeout: 10_000 });

  site.link.cut();
  await setPolicy({ 'new-slip': { shareBasisPoints: 10_000, sites: ['york'] } });
  await site.appliance.kill();
  await site.appliance.start();
  expect(await newSlip()).toEqual(on);

  site.link.restore();
  const off = { value: false, variant: 'off', reason: 'DEFAULT' };
  await vi.waitFor(async () => expect(await newSlip()).toEqual(off), { timeout: 20_000 });
}, 60_000);
