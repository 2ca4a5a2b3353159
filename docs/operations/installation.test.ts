// Performs docs/operations/installation.md, renewal.md and revocation.md on one box, as a technician would (perform-page.ts), against a central that
// stands, and holds their codes against the programs. The commands are the checkout's own, with the configuration in the temporary
// folder instead of /etc; sudo and systemctl are acted out, because a test is neither root nor a box.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exitCodes } from '../../daemon/commands/error.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { freePorts } from '../../trial/link.ts';
import { openPage, type Page } from './perform-page.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'holdfast-installation-'));
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const installation = read('docs/operations/installation.md');
const renewal = read('docs/operations/renewal.md');
const revocation = read('docs/operations/revocation.md');
let page: Page;
let central: ChildProcess;

beforeAll(async () => {
  const [box = 0, http = 0, broker = 0, est = 0] = await freePorts(4);
  await authorityInit({ folder: join(home, 'authority'), centralHosts: ['localhost'], nowMs: Date.now() });
  write('central.toml', [
    'dataFolder = "central"',
    'identityFolder = "authority/central"',
    `http = { port = ${http} }`,
    `broker = { mode = "embedded", host = "127.0.0.1", port = ${broker} }`,
    '[est]',
    `host = "127.0.0.1"\nport = ${est}\nurl = "https://localhost:${est}"`,
    `centralUrl = "mqtts://localhost:${broker}"`,
    'issuingFolder = "authority/issuing"',
  ]);
  write('holdfast.toml', ['dataFolder = "data"', 'identityFolder = "identity"', '[http]', `port = ${box}`]);
  mkdirSync(join(home, 'data'));
  const path = join(home, 'bin');
  mkdirSync(path);
  const node = process.execPath;
  const program = (name: Parameters<typeof mainOf>[0]) =>
    `exec ${node} ${mainOf(name)} "$@" --config ${home}`;
  script('holdfast', `${program('holdfast')}/holdfast.toml`);
  script('holdfast-central', `${program('holdfast-central')}/central.toml`);
  script('sudo', 'exec "$@"');
  script(
    'systemctl',
    `case "$1" in
       restart) ${path}/holdfast run > ${home}/journal 2>&1 & echo $! > ${home}/pid ;;
       reload) kill -HUP "$(cat ${home}/pid)" ;;
     esac`,
  );
  page = openPage({ home, cwd: home, files: home, ports: { 8080: box, 8883: broker, 8884: est }, path });
  central = spawn(join(path, 'holdfast-central'), ['run'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(central);
});
afterAll(async () => {
  await page.end();
  try {
    process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')));
  } catch {
    // It never started.
  }
  central.kill();
  await once(central, 'close');
  rmSync(home, { recursive: true, maxRetries: 5, retryDelay: 200 });
});

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(home, name), `${lines.join('\n')}\n`);
}

function script(name: string, text: string): void {
  const path = join(home, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

async function ready(child: ChildProcess): Promise<void> {
  let seen = '';
  while (!seen.includes('"msg":"ready"')) {
    const [data] = await once(child.stdout ?? expect.fail('no output'), 'data');
    seen += data;
  }
}

it('makes a box of an empty one as the page says, and renews it as the next one says', {
  timeout: 120_000,
}, async () => {
  expect(await page.perform(installation)).toEqual({ commands: 5 });
  expect(await page.perform(renewal)).toEqual({ commands: 2 });
  const journal = readFileSync(join(home, 'journal'), 'utf8');
  expect(journal).toContain('"msg":"ready"');
  await expect
    .poll(() => readFileSync(join(home, 'journal'), 'utf8'))
    .toMatch(/"changed":\["the identity"\]/);
});

it('shuts the box out, lets it in again and writes the list for brokers, as the page says', {
  timeout: 120_000,
}, async () => {
  expect(await page.perform(revocation)).toEqual({ commands: 4 });
  expect(readFileSync(join(home, 'holdfast.crl'), 'utf8')).toMatch(/^-----BEGIN X509 CRL-----/);
});

it('explains only codes that the programs have, and every one of an identity', () => {
  const troubles = [installation, renewal]
    .map((text) => /^## When it fails\n(.*)/ms.exec(text)?.[1] ?? '')
    .join();
  const codes = new Set([...troubles.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code));
  // technician.md, salvage.md, offline-installation.md, kiosks.md, rollout.md and synthetic.md explain theirs.
  const ofOthers =
    /^(argument|kiosks?|journal|entries|bundle|salvage|pin|releases|slot)_|^(service_runs|service_silent|not_confirmed|config_refused)$/;
  const known = Object.keys(exitCodes).filter((code) => !ofOthers.test(code));
  expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
  expect(known.filter((code) => !codes.has(code))).toEqual([]);
});

it('explains every condition of a certificate', () => {
  const source = read('daemon/identity/certificate-view.ts');
  const named = [...source.matchAll(/code: '(certificate_\w+)'/g)].map(([, code = '']) => code);
  expect(named.length).toBe(4);
  expect(named.filter((code) => !renewal.includes(`| \`${code}\``))).toEqual([]);
});
