// The program as its supervisor meets it: it says that it is ready, ends in order, and says what is wrong.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../provisioning/commands/kiosk-tls-create.ts';
import { mainOf } from '../provisioning/package/main-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-main-'));
const main = mainOf('holdfast');
const nobodyListens = 'mqtts://localhost:9';

beforeAll(async () => {
  const authorityFolder = join(folder, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
  await applianceCreate({ authorityFolder, applianceId: 'shop-1', out: join(folder, 'identity'), nowMs });
  await kioskTlsCreate({
    authorityFolder,
    hosts: ['box-7.lan', '127.0.0.1'],
    out: join(folder, 'tls'),
    nowMs,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function configure(name: string, lines: string): string {
  const path = join(folder, `${name}.toml`);
  writeFileSync(path, `dataFolder = "${name}"\nidentityFolder = "identity"\n${lines}\n`);
  return path;
}

/** Runs the program; each line of its log goes to `onLine`. Resolves when it has ended. */
function run(
  config: string,
  onLine: (fields: Record<string, unknown>, end: () => void) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, 'run', '--config', config]);
  let stdout = '';
  let stderr = '';
  let lines = 0;
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.on('data', (data) => {
    stdout += data;
    const whole = stdout.split('\n').slice(0, -1);
    for (const line of whole.slice(lines)) onLine(JSON.parse(line), () => child.kill('SIGTERM'));
    lines = whole.length;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

function statusOver(port: number): Promise<number | undefined> {
  const ca = readFileSync(join(folder, 'tls', 'ca.crt'));
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/v1/status', ca, servername: 'box-7.lan' }, (response) =>
      resolve(response.resume().statusCode),
    ).on('error', reject);
  });
}

describe('holdfast run', () => {
  it('says once that it is ready, whatever the level of the log, and ends in order on SIGTERM', async () => {
    const config = configure(
      'quiet',
      `http = { port = 0 }\nlog = { level = "silent" }\ncentral = { url = "${nobodyListens}" }`,
    );
    const seen: unknown[] = [];
    const { code, stderr } = await run(config, (fields, end) => {
      seen.push(fields);
      end();
    });
    expect(seen).toMatchObject([
      { program: 'holdfast', applianceId: 'shop-1', httpPort: expect.any(Number), msg: 'ready' },
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('names the field of the configuration and the remedy, and exits with 2', async () => {
    const { code, stdout, stderr } = await run(configure('wrong', 'central = { url = "http://localhost" }'));
    expect(stderr).toMatch(/^holdfast: .*central\.url: use mqtts:\/\/host:port\nhint: /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names the file of the identity that is missing, and exits with 2', async () => {
    const path = join(folder, 'stranger.toml');
    writeFileSync(
      path,
      `dataFolder = "stranger"\nidentityFolder = "nowhere"\ncentral = { url = "${nobodyListens}" }\n`,
    );
    const { code, stderr } = await run(path);
    expect(stderr).toMatch(/^holdfast: .*appliance\.key.*\nhint: /);
    expect(code).toBe(2);
  });

  it('offers the local network HTTPS, and does not start with a key that others can read', async () => {
    const lan =
      'lan = { host = "127.0.0.1", port = 0, certificateFile = "tls/kiosk-tls.crt", keyFile = "tls/kiosk-tls.key" }';
    const config = configure('lan', `central = { url = "${nobodyListens}" }\n[http]\nport = 0\n${lan}`);
    let statusOfStranger: unknown;
    const good = await run(config, async ({ msg, lanPort }, end) => {
      if (msg !== 'ready') return;
      statusOfStranger = await statusOver(Number(lanPort));
      end();
    });
    expect(good.code, good.stderr).toBe(0);
    expect(statusOfStranger).toBe(401);

    chmodSync(join(folder, 'tls', 'kiosk-tls.key'), 0o640);
    const { code, stderr } = await run(config);
    expect(stderr).toMatch(/^holdfast: .*kiosk-tls\.key has mode 0640.*\nhint: Run: chmod 600 /);
    expect(code).toBe(2);
  });

  it('sells on when the file of its kiosks is damaged, and names that as a condition', async () => {
    const config = configure('broken', `central = { url = "${nobodyListens}" }\n[http]\nport = 0`);
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'kiosks.db'), 'no database, and long enough to be seen as none');
    let conditions: unknown;
    const { code } = await run(config, async ({ msg, httpPort }, end) => {
      if (msg !== 'ready') return;
      const status = await fetch(`http://127.0.0.1:${httpPort}/v1/status`);
      ({ conditions } = (await status.json()) as { conditions: unknown });
      end();
    });
    expect(conditions).toContainEqual(expect.objectContaining({ code: 'kiosks_set_aside' }));
    expect(code).toBe(0);
  });

  it('does not start where another listens', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { code, stderr } = await run(
      configure('twice', `http = { port = ${port} }\ncentral = { url = "${nobodyListens}" }`),
    );
    expect(stderr).toMatch(/^holdfast: .*EADDRINUSE.*\nhint: stop what listens there/);
    expect(code).toBe(2);
    other.close();
  });
});

describe('two daemons', () => {
  it('are not at work on one journal', async () => {
    const config = configure('shared', `central = { url = "${nobodyListens}" }\n[http]\nport = 0`);
    let second: Awaited<ReturnType<typeof run>> | undefined;
    const first = await run(config, async ({ msg }, end) => {
      if (msg !== 'ready') return;
      second = await run(config);
      end();
    });
    expect(second?.stderr).toMatch(/^holdfast: a daemon is at work on .*\nhint: Stop it first/);
    expect(second?.code).toBe(2);
    expect(first.code).toBe(0);
  });
});
