// Central killed with -9 at any moment of an enrolment: the same code with the same key ends with one certificate.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withPort } from '../commands/open-store.ts';
import { createEstClient } from '../fixtures/est-client.ts';
import { centralMain, holdfastCentral } from '../fixtures/program.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';

let site: TestSite;
let config: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  site = await createTestSite();
  config = join(site.folder, 'central.toml');
  writeFileSync(
    config,
    `dataFolder = ${JSON.stringify(site.dataFolder)}
     identityFolder = ${JSON.stringify(join(site.authority, 'central'))}
     [http]
     port = 0
     [broker]
     mode = "embedded"
     host = "127.0.0.1"
     port = 0
     ${site.estSection()}`,
  );
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  site.remove();
});

/** A process of its own; resolves with its port when it is ready. */
async function start(): Promise<{ estPort: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [centralMain, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const { estPort } = JSON.parse(line) as { estPort?: number };
    if (estPort === undefined) continue;
    return {
      estPort,
      kill: () =>
        new Promise((resolve) => {
          child.once('exit', () => resolve());
          child.kill('SIGKILL');
          running.delete(child);
        }),
    };
  }
  throw new Error('central ended before it was ready');
}

it('resumes after each kill with one certificate for the code', async () => {
  const created = async (id: string) => {
    const args = ['enrolment', 'create', '--site', 'Leeds', '--appliance', id, '--json', '--config', config];
    const { code, stdout, stderr } = await holdfastCentral(
      ...args,
      ...(id === 'leeds-0' ? ['--new-site'] : []),
    );
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { slip: { code: string } }).slip.code;
  };
  let answered = 0;
  for (const [i, delayMs] of [0, 20, 40, 60, 90, 140].entries()) {
    const applianceId = `leeds-${i}`;
    const code = await created(applianceId);
    const first = await start();
    const dying = createEstClient(site.folder, first.estPort, join(site.authority, 'root', 'root.crt'));
    const { key, csr } = dying.request();
    const asked = dying.enrol(applianceId, code, csr).catch(() => null);
    await sleep(delayMs);
    await first.kill();
    if ((await asked)?.status === 200) answered++;

    const second = await start();
    const client = createEstClient(site.folder, second.estPort, join(site.authority, 'root', 'root.crt'));
    const resumed = await client.enrol(applianceId, code, client.request({ key }).csr);
    expect(resumed.status).toBe(200);
    const { file } = client.certificates(resumed);
    expect((await client.get('/.well-known/holdfast/profile', { key, certificate: file })).status).toBe(200);
    await second.kill();
    const certificates = await withPort(site.dataFolder, (port) => port.certificates(applianceId));
    expect(certificates).toHaveLength(1);
  }
  // The kills came before, within and after: else the delays say nothing any more.
  expect(answered).toBeLessThan(6);
}, 180_000);
