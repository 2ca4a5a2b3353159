// Central as its service manager has it: ready and alive by real messages, and a new certificate by SIGHUP while an
// appliance is connected.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listenAsManager, type Manager } from '../kit/fixtures/service-manager.ts';
import { openIssuingCa } from '../provisioning/authority/authority.ts';
import { certificatePem, createServerCertificate } from '../provisioning/authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../provisioning/authority/keys.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { centralFiles, loadCentralIdentity } from '../provisioning/identity.ts';
import { dialTls } from './broker/mqtt-client.ts';
import { connectAppliance } from './fixtures/appliance.ts';
import { temporaryFolder } from './fixtures/in-process-store.ts';
import { centralMain } from './fixtures/program.ts';

const mayNotify = spawnSync('systemd-notify', ['--version']).status === 0;
const mayTrace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']).status === 0;
const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const authorityFolder = at('authority');
const identityFolder = join(authorityFolder, 'central');
const config = at('central.toml');

type Line = Record<string, unknown>;
let manager: Manager;
let child: ChildProcess;
let lines: Line[];

beforeAll(async () => {
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: Date.now() });
  await applianceCreate({ authorityFolder, applianceId: 'box-1', out: at('box-1'), nowMs: Date.now() });
});
beforeEach(async () => {
  manager = await listenAsManager();
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  manager.close();
});
afterAll(() => folder.remove());

function configure(more = ''): void {
  writeFileSync(
    config,
    `dataFolder = "data"\nidentityFolder = "authority/central"\n[http]\nport = 0\n[broker]\nmode = "embedded"\nhost = "127.0.0.1"\nport = 0\n${more}\n`,
  );
}

/** Starts central under a manager; resolves with its "ready" line. */
async function start(watchdogMs: number): Promise<Line> {
  configure();
  lines = [];
  child = spawn(process.execPath, [centralMain, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: String(watchdogMs * 1000) },
  });
  const output = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  output.on('line', (line) => lines.push(JSON.parse(line)));
  for (;;) {
    await once(output, 'line');
    const ready = lines.find(({ msg }) => msg === 'ready');
    if (!ready) continue;
    await manager.until('READY=1');
    return ready;
  }
}

async function hangUp(): Promise<string[]> {
  const from = manager.heard.length;
  child.kill('SIGHUP');
  await manager.until('RELOADING=1', from);
  return manager.until('READY=1', from);
}

/** The serial number that central shows to who comes. */
async function servedSerial(port: number): Promise<string> {
  const socket = dialTls(new URL(`mqtts://localhost:${port}`), loadCentralIdentity(identityFolder));
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.on('error', () => {}).destroy();
  return serialNumber;
}

/** Another server certificate of the same authority, with a key of its own. */
async function changeServerCertificate(): Promise<void> {
  const { issuer } = openIssuingCa(authorityFolder, Date.now());
  const keys = createP256KeyPair();
  const certificate = await createServerCertificate(keys.publicKey, ['localhost'], issuer, Date.now());
  const files = centralFiles(identityFolder);
  writeFileSync(files.serverKey, privatePem(keys.privateKey));
  writeFileSync(files.serverCertificate, certificatePem(certificate, issuer.certificate));
}

describe.skipIf(!mayNotify)(
  'central under a service manager (skipped where systemd-notify is missing)',
  () => {
    it('is ready when it listens, says how it is, and says that it stops', async () => {
      const { mqttPort } = await start(6000);
      expect(manager.heard[0]).toContain('READY=1');
      await servedSerial(Number(mqttPort));
      expect(await manager.until('WATCHDOG=1')).toContain('STATUS=taking entries, 0 appliances connected');
      child.kill('SIGTERM');
      await manager.until('STOPPING=1');
      expect(await once(child, 'close')).toEqual([0, null]);
    });

    it.skipIf(!mayTrace)('gives no sign of life while its disk does not', async () => {
      await start(3000);
      await manager.until('WATCHDOG=1');
      const inject = ['-e', 'inject=fsync,fdatasync:delay_enter=10000000'];
      const strace = spawn('strace', ['-f', '-p', String(child.pid), ...inject], { stdio: 'ignore' });
      try {
        await manager.until('STATUS=not well: no answer within 1000 ms');
        const from = manager.heard.length;
        await manager.until('STATUS=not well: no answer within 1000 ms', from);
        expect(manager.heard.slice(from).flat()).not.toContain('WATCHDOG=1');
      } finally {
        strace.kill();
        await once(strace, 'close');
      }
      await manager.until('WATCHDOG=1', manager.heard.length);
    });

    it('shows a new certificate to who comes, and keeps the appliance that is there', async () => {
      const port = Number((await start(60_000)).mqttPort);
      const appliance = await connectAppliance(at('box-1'), port);
      const before = await servedSerial(port);
      await changeServerCertificate();
      configure('[log]\nlevel = "debug"\n[pace]\nwindowFrames = 3');
      expect(await hangUp()).toEqual(['READY=1']);
      expect(await servedSerial(port)).not.toBe(before);
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: 'reloaded', changed: ['log.level', 'the server certificate'] }),
      );
      expect(lines).toContainEqual(expect.objectContaining({ needsRestart: ['pace.windowFrames'] }));
      // The connection of before: it would come back by itself, but not within one answer.
      appliance.say('hello', appliance.journal.hello(appliance.identity.certificateDer));
      expect((await appliance.next('welcome')).genuine).toBe(true);
      expect(lines.filter(({ msg }) => msg === 'appliance connected')).toHaveLength(1);
      await appliance.close();
    });

    it('goes on with what was before when a file is wrong, and says so', async () => {
      const port = Number((await start(60_000)).mqttPort);
      const before = await servedSerial(port);
      configure('[broken]');
      expect(await hangUp()).toContainEqual(expect.stringMatching(/^STATUS=not reloaded: .*central\.toml/));
      expect(await servedSerial(port)).toBe(before);
      expect(lines).toContainEqual(
        expect.objectContaining({ level: 'error', msg: expect.stringMatching(/^not reloaded/) }),
      );
    });
  },
);
