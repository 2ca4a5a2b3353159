// What the programs ask of the kernel, seen by strace, is what their units let them ask: a sandbox that is too narrow would
// show only on a box.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenAsManager, type Manager } from '../kit/fixtures/service-manager.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';

const mayTrace = spawnSync('strace', ['-f', '-c', '-o', '/dev/null', 'true']).status === 0;
const hasTools = spawnSync('systemd-analyze', ['syscall-filter', '@system-service']).status === 0;
const repository = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-calls-'));
let manager: Manager;
let tracing: ChildProcess;

beforeAll(async () => {
  const authorityFolder = join(folder, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
  await applianceCreate({ authorityFolder, applianceId: 'box-1', out: join(folder, 'identity'), nowMs });
  manager = await listenAsManager();
});
afterAll(() => {
  tracing?.kill('SIGKILL');
  manager?.close();
  rmSync(folder, { recursive: true });
});

/** The names in SystemCallFilter= of a unit, groups resolved. */
function allowedBy(unit: string): Set<string> {
  const allowed = new Set<string>();
  for (const [, not, names = ''] of readFileSync(join(import.meta.dirname, unit), 'utf8').matchAll(
    /^SystemCallFilter=(~?)(.*)$/gm,
  )) {
    for (const name of names.split(' ').flatMap(membersOf)) {
      if (not) allowed.delete(name);
      else allowed.add(name);
    }
  }
  return allowed;
}

function membersOf(name: string): string[] {
  if (!name.startsWith('@')) return [name];
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' });
  const members = stdout
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return members.filter((member) => member !== '' && !member.startsWith('#')).flatMap(membersOf);
}

/** Runs a program until it was ready, asked, alive, reloaded and stopped; the names of all calls that it and its children made. */
async function callsOf(main: string, config: string): Promise<string[]> {
  const file = join(folder, 'calls');
  const traced = [process.execPath, join(repository, main), 'run', '--config', config];
  tracing = spawn('strace', ['-f', '-c', '-U', 'name', '-o', file, ...traced], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '15000000' },
  });
  const from = manager.heard.length;
  const { httpPort } = await readyLine(tracing);
  await manager.until('READY=1', from);
  await fetch(`http://127.0.0.1:${httpPort}/livez`);
  await manager.until('WATCHDOG=1', from);
  const reloading = manager.heard.length;
  const pid = Number(readFileSync(`/proc/${tracing.pid}/task/${tracing.pid}/children`, 'utf8'));
  process.kill(pid, 'SIGHUP');
  await manager.until('READY=1', reloading);
  process.kill(pid, 'SIGTERM');
  await once(tracing, 'close');
  const names = readFileSync(file, 'utf8').split('\n');
  return names
    .map((name) => name.trim())
    .filter((name) => /^[a-z]\w+$/.test(name) && name !== 'syscall' && name !== 'total');
}

async function readyLine({ stdout }: ChildProcess): Promise<{ httpPort?: number }> {
  const lines = createInterface({ input: stdout as NonNullable<typeof stdout> });
  for (;;) {
    const [line] = await once(lines, 'line');
    const fields = JSON.parse(line);
    if (fields.msg === 'ready') return fields;
  }
}

describe.skipIf(!mayTrace || !hasTools)('the kernel is asked (skipped without strace or systemd)', () => {
  it.each([
    ['holdfast', 'daemon/main.ts', 'central = { url = "mqtts://localhost:9" }\nidentityFolder = "identity"'],
    [
      'holdfast-central',
      'central/main.ts',
      'identityFolder = "authority/central"\n[broker]\nmode = "embedded"\nport = 0',
    ],
  ])('by %s for nothing that its unit forbids', async (name, main, settings) => {
    const config = join(folder, `${name}.toml`);
    writeFileSync(config, `dataFolder = "${name}"\nhttp = { port = 0 }\n${settings}\n`);
    const calls = await callsOf(main, config);
    expect(calls).toEqual(expect.arrayContaining(['fsync', 'execve', 'accept4']));
    const allowed = allowedBy(`${name}.service`);
    // As root, which tests may be and the service is not, files are given to the owner of their folder: SQLite's by the one
    // call, the lock of the journal by the other.
    if (process.getuid?.() === 0) for (const call of ['fchown', 'chown']) allowed.add(call);
    expect(calls.filter((call) => !allowed.has(call))).toEqual([]);
  });
});
