// What the programs ask of the kernel, seen by strace, is what their units let them ask: a sandbox that is too narrow would
// show only on a box.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noSlots } from '../daemon/release/slots.ts';
import { openSlotsFile } from '../daemon/release/slots-file.ts';
import { listenAsManager, type Manager } from '../kit/fixtures/service-manager.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { publicKeyFile } from '../provisioning/package/minisign.ts';

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
async function callsOf(main: string, config: string): Promise<{ calls: string[]; slot: string | undefined }> {
  const file = join(folder, 'calls');
  const traced = [process.execPath, join(repository, main), 'run', '--config', config];
  tracing = spawn('strace', ['-f', '-c', '-U', 'name', '-o', file, ...traced], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '15000000' },
  });
  const from = manager.heard.length;
  const { httpPort } = await readyLine(tracing);
  await manager.until('READY=1', from);
  // What the launcher became is the same process: the manager sees one service.
  const pid = Number(readFileSync(`/proc/${tracing.pid}/task/${tracing.pid}/children`, 'utf8'));
  const slot = /\0HOLDFAST_SLOT=(\w+)\0/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1];
  await fetch(`http://127.0.0.1:${httpPort}/livez`);
  await manager.until('WATCHDOG=1', from);
  const reloading = manager.heard.length;
  process.kill(pid, 'SIGHUP');
  await manager.until('READY=1', reloading);
  process.kill(pid, 'SIGTERM');
  await once(tracing, 'close');
  const names = readFileSync(file, 'utf8').split('\n');
  const calls = names
    .map((name) => name.trim())
    .filter((name) => /^[a-z]\w+$/.test(name) && name !== 'syscall' && name !== 'total');
  return { calls, slot };
}

/** A release that runs from slot a: the same program, by another way. */
function fillSlot(): string {
  const files = openSlotsFile(join(folder, 'slots'));
  const program = `#!/bin/sh\nexec ${process.execPath} ${join(repository, 'daemon/main.ts')} "$@"\n`;
  mkdirSync(join(folder, 'slots', 'a'), { recursive: true });
  writeFileSync(files.program('a'), program, { mode: 0o700 });
  const a = { release: '0.2.0', sha256: 'a'.repeat(64), bytes: program.length };
  files.write({ ...noSlots, a, proven: 'a' });
  const key = publicKeyFile(generateKeyPairSync('ed25519').privateKey).trim().split('\n').at(-1);
  return `[releases]\nfolder = "slots"\nkeys = ["${key}"]`;
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
    [
      'holdfast',
      'daemon/main.ts',
      'central = { url = "mqtts://localhost:9" }\nidentityFolder = "identity"',
      // As a box does that was rolled out a release: the launcher and the program that it becomes.
      'a',
    ],
    [
      'holdfast-central',
      'central/main.ts',
      'identityFolder = "authority/central"\n[broker]\nmode = "embedded"\nport = 0',
      undefined,
    ],
  ])('by %s for nothing that its unit forbids', async (name, main, settings, inSlot) => {
    const config = join(folder, `${name}.toml`);
    const more = inSlot === undefined ? '' : fillSlot();
    writeFileSync(config, `dataFolder = "${name}"\nhttp = { port = 0 }\n${settings}\n${more}\n`);
    const { calls, slot } = await callsOf(main, config);
    expect(slot).toBe(inSlot);
    expect(calls).toEqual(expect.arrayContaining(['fsync', 'execve', 'accept4']));
    const allowed = allowedBy(`${name}.service`);
    // As root, which tests may be and the service is not, files are given to the owner of their folder: SQLite's by the one
    // call, the lock of the journal by the other.
    if (process.getuid?.() === 0) for (const call of ['fchown', 'chown']) allowed.add(call);
    expect(calls.filter((call) => !allowed.has(call))).toEqual([]);
  });
});
