// A box renews itself, by whatever clock it has; and a daemon that runs takes the new identity without a restart.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import { runEnrol } from '../../daemon/commands/enrol.ts';
import { runRenew } from '../../daemon/commands/renew.ts';
import { placeIdentity, readIdentity } from '../../daemon/identity/identity-folder.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { applianceFiles } from '../../provisioning/identity.ts';
import { type Box, newBox, newSlip } from './box.ts';
import { startDaemon } from './daemon.ts';

type Central = Awaited<ReturnType<TestSite['start']>>;
const program = resolve(import.meta.dirname, '..', 'faults', 'identity-process.ts');
const dayMs = 86_400_000;
let site: TestSite;
let central: Central;
let box: Box;
let boxes = 0;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
});
afterAll(async () => {
  await central.stop();
  site.remove();
});
afterEach(() => {
  vi.restoreAllMocks();
  box.remove();
});

/** A box with an identity as it was carried there by hand. */
async function oldBox(state: 'valid' | 'expired', estPort = central.estPort): Promise<string> {
  box = newBox();
  const applianceId = `york-${++boxes}`;
  cpSync(await site.appliance(applianceId, state), box.identity, { recursive: true });
  writeFileSync(
    box.config,
    `dataFolder = "data"\nidentityFolder = "identity"\nhttp = { port = 0 }\n[central]\nurl = "mqtts://localhost:${central.mqttPort}"\nest = "https://localhost:${estPort}"\nreconnectMsMax = 200\n`,
  );
  return applianceId;
}

/** What it printed; a failure is thrown. */
async function renewed(force = false): Promise<string> {
  const said: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    await runRenew({ config: box.config, force });
  } finally {
    write.mockRestore();
  }
  return said.join('');
}

const certificate = () => readIdentity(box.identity).certificatePem;

describe('holdfast renew', () => {
  it('does nothing before its time, and says when that is', async () => {
    await oldBox('valid');
    const before = certificate();
    expect(await renewed()).toMatch(
      /^nothing to do: certified until \d{4}-\d\d-\d\d, renewed from \d{4}-\d\d-\d\d on\n$/,
    );
    expect(certificate()).toBe(before);
  });

  it('renews when told to, with another key, and keeps the identity before', async () => {
    const applianceId = await oldBox('valid');
    const before = readIdentity(box.identity);
    expect((await renewed(true)).split('\n')).toEqual([
      'renewed before its time, as asked',
      'made a new key; it stays on this box',
      expect.stringMatching(/^central certified it until /),
      'tried the new certificate on a real connection: central takes it',
      `put the new identity in place of the old one, which is kept as ${box.identity}.previous`,
      expect.stringMatching(/^renewed: certified until /),
      'the service takes it with: systemctl reload holdfast',
      '',
    ]);
    const after = readIdentity(box.identity);
    expect(after.applianceId).toBe(applianceId);
    expect(after.keyPem).not.toBe(before.keyPem);
    expect(readIdentity(`${box.identity}.previous`).keyPem).toBe(before.keyPem);
    expect(after.centralSigningKeys).toHaveLength(1);
  });

  it('renews early at a site whose outages have been long', async () => {
    await oldBox('valid');
    const lastedMs = [40 * dayMs];
    writeFileSync(join(box.data, 'outages.json'), JSON.stringify({ v: 1, lastedMs, presentMs: null }));
    // 90 days less one for wrong clocks are left of 91: the margin is two thirds at most.
    expect(await renewed()).toMatch(/^nothing to do/);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 31 * dayMs);
    expect(await renewed()).toMatch(/outages of this site have been long/);
  });

  it('renews a certificate that ran out, with proof of its key', async () => {
    await oldBox('expired');
    expect(await renewed()).toMatch(/^the certificate has run out; it is renewed by proof of its key\n/);
    expect(await renewed()).toMatch(/^nothing to do/);
  });

  it.each([
    ['1970-01-01T00:10:00Z', /clock is 5\d years behind central's/],
    ['2040-06-01T00:00:00Z', /clock is 1\d years ahead of central's/],
  ])(
    'with a clock of %s goes by central’s, renews and enrols, and says how far off it is',
    async (at, words) => {
      const applianceId = await oldBox('valid');
      const notDue = await byClock(at, 'renew', box.config);
      expect(notDue).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^this box's .*\nnothing to do: /),
      });
      expect(notDue.stdout).toMatch(words);
      box.remove();
      await oldBox('expired');
      const late = await byClock(at, 'renew', box.config);
      expect(late).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('\nrenewed: certified until 2'),
      });
      box.remove();
      box = newBox();
      const slip = join(box.folder, 'slip.json');
      writeFileSync(slip, await newSlip(site, central.estPort ?? 0, { applianceId, newSite: boxes === 6 }));
      const enrolled = await byClock(at, 'enrol', box.config, slip);
      expect(enrolled).toMatchObject({ code: 0, stdout: expect.stringMatching(words) });
      expect(readIdentity(box.identity).applianceId).toBe(applianceId);
    },
  );

  it('is told when a certificate is too old to be renewed; a new code makes the same appliance of the box', async () => {
    const strict = await createTestSite();
    const other = await strict.start(strict.estSection('renewalGraceDays = 1'));
    try {
      box = newBox();
      cpSync(await strict.appliance('york-1', 'expired'), box.identity, { recursive: true });
      const est = `https://localhost:${other.estPort}`;
      const rest = `[central]\nurl = "mqtts://localhost:${other.mqttPort}"\nest = "${est}"\n`;
      writeFileSync(box.config, `dataFolder = "data"\nidentityFolder = "identity"\n${rest}`);
      await expect(renewed()).rejects.toMatchObject({
        code: 'renewal_window_passed',
        hint: expect.stringContaining('holdfast enrol'),
      });
      const slip = join(box.folder, 'slip.json');
      writeFileSync(slip, await newSlip(strict, other.estPort ?? 0, { applianceId: 'york-1' }));
      const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      await runEnrol({ config: box.config, slip });
      quiet.mockRestore();
      expect(await renewed()).toMatch(/^nothing to do/);
    } finally {
      await other.stop();
      strict.remove();
    }
  });

  it.each<[string, (config: string) => string, string]>([
    [
      'where the configuration does not name the service',
      (config) => config.replace(/est = .*/, ''),
      'est_unknown',
    ],
    [
      'where nobody listens, when it is due',
      (config) => config.replace(/est = .*/, 'est = "https://localhost:9"'),
      'central_unreachable',
    ],
    ['in a box without an identity', (config) => config.replace('"identity"', '"nowhere"'), 'not_enrolled'],
  ])('%s says what to do', async (_, change, code) => {
    await oldBox('expired');
    writeFileSync(box.config, change(readFileSync(box.config, 'utf8')));
    await expect(renewed()).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  });
});

/** In a process of its own, whose clock is wrong; central's is right. */
async function byClock(at: string, ...words: string[]) {
  const child = spawn(process.execPath, [program, ...words], { env: { ...process.env, BOX_CLOCK: at } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

describe('a daemon that runs', () => {
  it('takes the renewed identity when it is told to reload, and goes on', async () => {
    await oldBox('valid');
    const daemon = await startDaemon(box.config);
    try {
      await daemon.until(({ link, certificate }) => link.kind === 'online' && certificate?.daysLeft === 89);
      const before = readIdentity(box.identity);
      await renewed(true);
      daemon.reload();
      const after = readIdentity(box.identity);
      expect(after.certificatePem).not.toBe(before.certificatePem);
      await daemon.logged('reloaded');
      await daemon.until(({ link }) => link.kind === 'online');
      expect((await daemon.status()).conditions.map(({ code }) => code)).not.toContain(
        'certificate_fell_back',
      );
    } finally {
      await daemon.stop();
    }
  });

  it('falls back to the identity before when central’s door refuses the new one', async () => {
    const applianceId = await oldBox('valid');
    const daemon = await startDaemon(box.config);
    try {
      await daemon.until(({ link }) => link.kind === 'online');
      const { caPem, centralSigningPem } = trustOf();
      placeIdentity(box.identity, { ...(await strangerOf(applianceId)), caPem, centralSigningPem }, null);
      daemon.reload();
      await daemon.until(({ link, conditions }) => {
        const fellBack = conditions.some(({ code }) => code === 'certificate_fell_back');
        return fellBack && link.kind === 'online';
      });
    } finally {
      await daemon.stop();
    }
  });

  it('with a certificate that has run out says so, sells on, and is back after a renewal', async () => {
    await oldBox('expired');
    const daemon = await startDaemon(box.config);
    try {
      await daemon.until(({ conditions }) => conditions.some(({ code }) => code === 'certificate_expired'));
      expect((await daemon.status()).link.kind).not.toBe('online');
      await renewed();
      daemon.reload();
      await daemon.until(({ link, conditions }) => link.kind === 'online' && conditions.length === 0);
    } finally {
      await daemon.stop();
    }
  });

  it('that is shut out is cut off, says so in central’s words, and cannot renew itself', async () => {
    const applianceId = await oldBox('valid');
    const daemon = await startDaemon(box.config);
    try {
      await daemon.until(({ link }) => link.kind === 'online');
      const denial = { applianceId, kind: 'revoked' as const, reason: 'stolen on 3 May' };
      const by = { actor: { kind: 'command' as const, user: 'tester', from: 'bench' }, nowMs: Date.now() };
      await withPort(site.dataFolder, (port) => port.denyAppliance(denial, by));
      await daemon.until(({ link, conditions }) => {
        const named = conditions.some(
          ({ code, hint }) => code === 'certificate_refused' && hint.includes('revoked'),
        );
        return named && link.kind !== 'online';
      });
      await expect(renewed(true)).rejects.toMatchObject({ code: 'certificate_revoked' });
    } finally {
      await daemon.stop();
    }
  });

  it('asks central why its door is closed, and shows the answer', async () => {
    const applianceId = await oldBox('valid');
    const { caPem, centralSigningPem } = trustOf();
    placeIdentity(box.identity, { ...(await strangerOf(applianceId)), caPem, centralSigningPem }, null);
    rmSync(`${box.identity}.previous`, { recursive: true });
    const daemon = await startDaemon(box.config);
    try {
      await daemon.until(({ conditions }) =>
        conditions.some(
          ({ code, hint }) => code === 'certificate_refused' && hint.includes('another authority'),
        ),
      );
    } finally {
      await daemon.stop();
    }
  });
});

function trustOf() {
  const { ca, centralSigning } = applianceFiles(box.identity);
  return { caPem: readFileSync(ca, 'utf8'), centralSigningPem: readFileSync(centralSigning, 'utf8') };
}

/** Of the same name, by an authority that central does not know. */
async function strangerOf(applianceId: string) {
  const authorityFolder = join(box.folder, 'other-authority');
  const out = join(box.folder, 'stranger');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
  await applianceCreate({ authorityFolder, applianceId, out, nowMs });
  return readIdentity(out);
}
