// `holdfast doctor` as a technician runs it, on a real box: with central's port open and shut, and with a damaged journal.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import type { Check } from '../doctor/check.ts';
import { pennies, submit, type TemporaryStore, temporaryStore } from '../store/temporary-store.ts';

let shop: TemporaryStore;
let port: number;
let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
beforeAll(async () => {
  shop = temporaryStore();
  shop.execute(submit.checkout(1, pennies(100)));
  shop.close();
  const authorityFolder = join(folder, 'authority');
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: Date.now() });
  const out = join(folder, 'identity');
  await applianceCreate({ authorityFolder, applianceId: 'shop-1', out, nowMs: Date.now() });
  const central = (name: string) => readFileSync(join(authorityFolder, 'central', name));
  server = createServer({ key: central('server.key'), cert: central('server.crt') }, (socket) => {
    socket.on('error', () => {});
  });
  port = await listen(server, 0, '127.0.0.1');
});
afterAll(() => {
  server.close();
  shop.remove();
  rmSync(folder, { recursive: true });
});

async function doctor(url: string): Promise<{ code: number | null; by: Map<string, Check>; stdout: string }> {
  const config = join(folder, 'holdfast.toml');
  writeFileSync(
    config,
    `dataFolder = "${shop.folder}"\nidentityFolder = "identity"\ncentral = { url = "${url}" }\nhttp = { port = 48999 }\n`,
  );
  const main = mainOf('holdfast');
  const child = spawn(process.execPath, [main, 'doctor', '--json', '--config', config]);
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { code, stdout, by: new Map(checks.map((check) => [check.code, check])) };
}

describe('holdfast doctor', () => {
  it('makes about twenty checks while the service is stopped, and names what somebody must do', async () => {
    const { code, by } = await doctor(`mqtts://localhost:${port}`);
    const states = Object.fromEntries([...by].map(([name, { state }]) => [name, state]));
    expect(states).toMatchObject({
      configuration: 'ok',
      identity: 'ok',
      certificate: 'ok',
      journal: 'ok',
      receipts: 'error',
      kiosks: 'warning',
      dns: 'ok',
      port: 'ok',
      tls: 'ok',
      service: 'error',
    });
    expect(by.size).toBeGreaterThanOrEqual(17);
    for (const { state, hint } of by.values()) {
      if (state === 'warning' || state === 'error') expect(hint?.length).toBeGreaterThan(10);
    }
    expect(code).toBe(2);
  });

  it('says which step of the way to central fails, and why in words', async () => {
    const shut = (await doctor('mqtts://localhost:9')).by;
    expect(shut.get('port')).toMatchObject({
      state: 'error',
      words: expect.stringContaining('ECONNREFUSED'),
    });
    expect(shut.get('tls')?.state).toBe('unknown');
    const misnamed = (await doctor(`mqtts://127.0.0.1:${port}`)).by;
    expect(misnamed.get('tls')).toMatchObject({
      state: 'error',
      words: expect.stringContaining('does not name'),
    });
  });

  it('finds an entry that was altered', async () => {
    const path = join(shop.folder, 'journal.db');
    const bytes = readFileSync(path);
    const spoilt = Buffer.from(bytes);
    const at = spoilt.indexOf('"totalMinor":100,"payment"');
    expect(at).toBeGreaterThan(0);
    spoilt.write('"totalMinor":900', at);
    writeFileSync(path, spoilt);
    const { by } = await doctor(`mqtts://localhost:${port}`);
    expect(by.get('journal')).toMatchObject({ state: 'error', words: 'damaged: entries_altered' });
    writeFileSync(path, bytes);
  });

  it('stops at a configuration that cannot be read, with the key named', async () => {
    const { code, by } = await doctor('http://localhost');
    expect(by.get('configuration')).toMatchObject({
      state: 'error',
      words: expect.stringContaining('central.url'),
    });
    expect(by.size).toBe(1);
    expect(code).toBe(2);
  });
});
