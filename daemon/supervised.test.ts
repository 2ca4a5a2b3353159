// The program as its service manager has it: told when it is ready and alive, and asked by SIGHUP to read its files again
// while kiosks are connected. Real processes, real files, a real socket of a manager.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createServer, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Pairing } from '../contract/pairing.ts';
import { present } from '../kit/assert.ts';
import { listenAsManager, type Manager } from '../kit/fixtures/service-manager.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../provisioning/commands/kiosk-tls-create.ts';
import { mainOf } from '../provisioning/package/main-of.ts';

const mayNotify = spawnSync('systemd-notify', ['--version']).status === 0;
const mayTrace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']).status === 0;
const main = mainOf('holdfast');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-service-'));
const at = (name: string) => join(folder, name);
const authorityFolder = at('authority');
const config = at('holdfast.toml');

type Line = Record<string, unknown>;
let manager: Manager;
let child: ChildProcess;
let lines: Line[];

beforeAll(async () => {
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: Date.now() });
  await makeIdentity('shop-1', 'identity');
  await makeTls('tls');
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
  rmSync(at('data'), { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function makeIdentity(applianceId: string, out: string): Promise<void> {
  await applianceCreate({ authorityFolder, applianceId, out: at(out), nowMs: Date.now() });
}
async function makeTls(out: string): Promise<void> {
  await kioskTlsCreate({ authorityFolder, hosts: ['127.0.0.1'], out: at(out), nowMs: Date.now() });
}

const lan =
  'lan = { host = "127.0.0.1", port = 0, certificateFile = "tls/kiosk-tls.crt", keyFile = "tls/kiosk-tls.key" }';
function configure({ central = 9, http = '', level = 'info' } = {}): void {
  writeFileSync(
    config,
    `dataFolder = "data"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:${central}" }\nlog = { level = "${level}" }\n[http]\nport = 0\n${lan}\n${http}\n`,
  );
}

/** Starts the program under a manager; resolves with its "ready" line. */
async function start(env: NodeJS.ProcessEnv = {}): Promise<Line> {
  lines = [];
  child = spawn(process.execPath, [main, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NOTIFY_SOCKET: manager.socket, ...env },
  });
  const output = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  output.on('line', (line) => lines.push(JSON.parse(line)));
  for (;;) {
    await once(output, 'line');
    const ready = lines.find(({ msg }) => msg === 'ready');
    if (ready) return ready;
  }
}

/** Sends SIGHUP; resolves with what the manager was told once it is over. */
async function hangUp(): Promise<string[]> {
  const from = manager.heard.length;
  child.kill('SIGHUP');
  await manager.until('RELOADING=1', from);
  return manager.until('READY=1', from);
}

describe.skipIf(!mayNotify)('under a service manager (skipped where systemd-notify is missing)', () => {
  it('is ready when it answers, says how it is, and says that it stops', async () => {
    configure();
    const { httpPort } = await start({ WATCHDOG_USEC: '6000000' });
    expect(manager.heard[0]).toContain('READY=1');
    expect((await fetch(`http://127.0.0.1:${httpPort}/livez`)).status).toBe(200);
    expect(await manager.until('WATCHDOG=1')).toEqual([
      'WATCHDOG=1',
      'STATUS=waiting for a catalogue and a policy, link down, 0 unreceived',
    ]);
    child.kill('SIGTERM');
    await manager.until('STOPPING=1');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it.skipIf(!mayTrace)(
    'gives no sign of life while its disk does not, and begins again by itself',
    async () => {
      configure();
      await start({ WATCHDOG_USEC: '3000000' });
      await manager.until('WATCHDOG=1');
      // Each sync of any thread takes ten seconds longer: the store thread hangs as it does on a dying disk.
      const strace = spawn(
        'strace',
        ['-f', '-p', String(child.pid), '-e', 'inject=fsync,fdatasync:delay_enter=10000000'],
        { stdio: 'ignore' },
      );
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
      expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'well again' }));
    },
  );

  it('serves a new certificate to who comes, and drops nobody who is there', async () => {
    configure();
    const { httpPort, lanPort } = await start();
    const token = await pair(Number(httpPort));
    const kiosk = new Agent({ keepAlive: true, maxSockets: 1 });
    const stream = await ask(Number(lanPort), '/v1/events', { token });
    let streamEnded = false;
    for (const event of ['end', 'close', 'error']) stream.on(event, () => (streamEnded = true));
    stream.resume();
    const before = await answered(ask(Number(lanPort), '/v1/status', { token, agent: kiosk }));

    await makeTls('tls-next');
    cpSync(at('tls-next'), at('tls'), { recursive: true });
    configure({ http: 'corsOrigins = ["https://till.example"]\nratePerMinute = 50', level: 'warn' });
    expect(await hangUp()).toEqual(['READY=1']);

    const after = await answered(ask(Number(lanPort), '/v1/status', { token, agent: kiosk }));
    expect(after).toMatchObject({ status: 200, port: before.port, serial: before.serial });
    expect(streamEnded).toBe(false);
    const other = await answered(
      ask(Number(lanPort), '/v1/status', { token, origin: 'https://till.example' }),
    );
    expect(other.serial).not.toBe(before.serial);
    expect(other.headers).toMatchObject({
      'access-control-allow-origin': 'https://till.example',
      'ratelimit-policy': '"kiosk";q=50;w=60',
    });
    // The level was another by the time it was said.
    expect(lines.filter(({ msg }) => msg === 'reloaded')).toEqual([]);
    stream.destroy();
    kiosk.destroy();
  });

  it('goes on with what was before when a file is wrong, and says so', async () => {
    configure();
    const { lanPort } = await start({ WATCHDOG_USEC: '3000000' });
    const { serial } = await answered(ask(Number(lanPort), '/livez'));
    configure({ http: 'ratePerMinute = "many"' });
    expect(await hangUp()).toEqual([
      'READY=1',
      expect.stringMatching(/^STATUS=not reloaded: .*ratePerMinute/),
    ]);

    // It stays to be seen, beside how it is.
    await manager.until(/^STATUS=waiting .*, not reloaded: .*ratePerMinute/, manager.heard.length);

    configure({ level: 'debug' });
    await makeTls('tls-other');
    cpSync(at('tls-other/kiosk-tls.crt'), at('tls/kiosk-tls.crt'));
    expect(await hangUp()).toContainEqual(expect.stringMatching(/^STATUS=not reloaded: .*kiosk-tls\.key/));
    expect((await answered(ask(Number(lanPort), '/livez'))).serial).toBe(serial);

    cpSync(at('tls-other'), at('tls'), { recursive: true });
    configure({ central: 10, level: 'debug' });
    expect(await hangUp()).toEqual(['READY=1']);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'reloaded', changed: expect.arrayContaining(['log.level']) }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', needsRestart: ['central.url'] }));
  });

  it('comes back to central with a new certificate, and takes none of another appliance', async () => {
    const central = await listenAsCentral();
    configure({ central: central.port });
    await start();
    const first = await central.next();
    await makeIdentity('shop-1', 'renewed');
    cpSync(at('renewed'), at('identity'), { recursive: true });
    await hangUp();
    const second = await central.next();
    expect(second.subject).toBe(first.subject);
    expect(second.serial).not.toBe(first.serial);

    await makeIdentity('shop-2', 'stranger');
    cpSync(at('stranger'), at('identity'), { recursive: true });
    expect(await hangUp()).toContainEqual(expect.stringContaining('shop-2'));
    central.close();
  });
});

it('starts without a service manager as ever', async () => {
  configure();
  await start({ NOTIFY_SOCKET: undefined });
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(manager.heard).toEqual([]);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});

async function pair(httpPort: number): Promise<string> {
  const args = ['kiosk', 'pair', '--name', 'till-1', '--json', '--config', config];
  const { code } = JSON.parse(spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' }).stdout);
  const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/pairings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ code }),
  });
  return Pairing.parse(await answer.json()).token;
}

/** A request of the local network; without an agent over a connection of its own. */
function ask(
  port: number,
  path: string,
  { token, origin, agent = new Agent() }: { token?: string; origin?: string; agent?: Agent } = {},
): Promise<IncomingMessage> {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(origin && { Origin: origin }) };
  const options: RequestOptions = { host: '127.0.0.1', port, path, headers, agent };
  const ca = readFileSync(join(authorityFolder, 'root', 'root.crt'));
  return new Promise((resolve, reject) => {
    request({ ...options, ca }, resolve)
      .on('error', reject)
      .end();
  });
}

/** The whole answer, and by which connection and certificate it came. */
async function answered(asking: Promise<IncomingMessage>) {
  const response = await asking;
  const socket = response.socket as TLSSocket;
  const { serialNumber: serial } = socket.getPeerCertificate();
  const { statusCode: status, headers } = response;
  const port = socket.localPort;
  await text(response);
  return { status, headers, serial, port };
}

/** As far as TLS goes: who comes is asked who they are, and never answered. */
async function listenAsCentral() {
  const files = (name: string) => readFileSync(join(authorityFolder, 'central', name));
  const options = { requestCert: true, rejectUnauthorized: false };
  const server = createServer({ ...options, key: files('server.key'), cert: files('server.crt') });
  const sockets: TLSSocket[] = [];
  server.on('secureConnection', (socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  let told = 0;
  return {
    port: (server.address() as AddressInfo).port,
    /** Who came next, in the order of coming. */
    async next(): Promise<{ serial: string; subject: string | undefined }> {
      if (sockets.length === told) await once(server, 'secureConnection');
      const socket = present(sockets[told++], 'a connection');
      const { serialNumber, subjectaltname } = socket.getPeerCertificate();
      return { serial: serialNumber, subject: subjectaltname };
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
