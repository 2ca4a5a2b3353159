// An empty box becomes an appliance by a slip, and says what is wrong when it cannot.
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import { readConfig } from '../../daemon/config.ts';
import { loadApplianceIdentity } from '../../provisioning/identity.ts';
import { type Box, newBox, newSlip } from './box.ts';

type Central = Awaited<ReturnType<TestSite['start']>>;
let site: TestSite;
let central: Central;
let estPort: number;
let box: Box;
let boxes = 0;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
  estPort = central.estPort ?? 0;
});
afterAll(async () => {
  await central.stop();
  site.remove();
});
afterEach(() => box.remove());

/** An appliance of its own for each test: a code belongs to one. */
const slipFor = (port = estPort) =>
  newSlip(site, port, { applianceId: `leeds-${++boxes}`, newSite: boxes === 1 });

function assertEnrolled(slip: string): void {
  const { appliance, est } = JSON.parse(slip) as { appliance: string; est: string };
  expect(loadApplianceIdentity(box.identity).applianceId).toBe(appliance);
  expect(readConfig(box.config)).toMatchObject({
    site: 'leeds',
    central: { url: 'mqtts://localhost:8883', est },
  });
}

describe('holdfast enrol', () => {
  it('makes an empty box an appliance and says each step in a line', async () => {
    box = newBox();
    const slip = await slipFor();
    const ran = await box.run(['enrol', '--slip', '-'], { input: slip });
    expect(ran.stderr).toBe('');
    expect(ran.stdout.split('\n')).toEqual([
      expect.stringMatching(/^reached localhost:\d+: it shows the root of the slip$/),
      'made a key; it stays on this box',
      expect.stringMatching(/^traded the code for a certificate of leeds-\d+, good until /),
      'tried the certificate on a real connection: central knows this box, of site leeds',
      `wrote the identity to ${box.identity}`,
      "wrote central's address mqtts://localhost:8883 to the configuration",
      expect.stringMatching(/^enrolled: this box is leeds-\d+, certified until /),
      'next: systemctl start holdfast (or restart, if it runs)',
      '',
    ]);
    expect(ran.code).toBe(0);
    assertEnrolled(slip);
    expect(readFileSync(box.config, 'utf8')).toContain('# this box\n');
    expect(readFileSync(box.config, 'utf8')).toContain('port = 0 # any\n');
  });

  it('leaves key and code in no file but the one that needs the key, and shows neither', async () => {
    box = newBox();
    const slip = await slipFor();
    const ran = await box.run(['enrol', '--slip', '-', '--json'], { input: slip });
    const { code, appliance } = JSON.parse(slip) as { code: string; appliance: string };
    const plain = code.replaceAll('-', '');
    const { keyPem } = loadApplianceIdentity(box.identity);
    const key = keyPem.split('\n')[1] ?? '';
    const holding = (secret: string) =>
      readdirSync(box.folder, { recursive: true, encoding: 'utf8' })
        .map((path) => join(box.folder, path))
        .filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes(secret));
    expect(holding(plain)).toEqual([]);
    expect(holding(code)).toEqual([]);
    expect(holding(key)).toEqual([join(box.identity, 'appliance.key')]);
    expect(statSync(join(box.identity, 'appliance.key')).mode & 0o777).toBe(0o600);
    expect(ran.stdout + ran.stderr).not.toContain(code);
    expect(ran.stdout + ran.stderr).not.toContain(plain);
    expect(JSON.parse(ran.stdout)).toMatchObject({ applianceId: appliance, site: 'leeds' });
  });

  it.skipIf(process.getuid?.() !== 0)(
    'run as root, gives what it writes to the account that owns the data',
    async () => {
      box = newBox();
      const nobody = 65534;
      chownSync(box.data, nobody, nobody);
      chownSync(box.config, 0, nobody);
      chmodSync(box.config, 0o640);
      expect(await box.run(['enrol', '--slip', '-'], { input: await slipFor() })).toMatchObject({ code: 0 });
      const files = readdirSync(box.identity).map((name) => join(box.identity, name));
      const work = join(box.data, 'enrolment');
      for (const path of [box.identity, ...files, work, join(work, 'enrolment.json')]) {
        expect([path, statSync(path).uid]).toEqual([path, nobody]);
      }
      const { uid, gid, mode } = statSync(box.config);
      expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 0, gid: nobody, mode: 0o640 });
    },
  );

  it('takes the slip in parts, the code from the environment or a file', async () => {
    for (const way of ['environment', 'file']) {
      if (way === 'file') box.remove();
      box = newBox();
      const slip = await slipFor();
      const { est, appliance, root, code } = JSON.parse(slip) as Record<string, string>;
      const path = join(box.folder, 'code');
      if (way === 'file') writeFileSync(path, `${code?.toLowerCase()}\n`);
      const parts = ['--est', `${est}`, '--appliance', `${appliance}`, '--root', `${root}`];
      const ran = await box.run(['enrol', ...parts, ...(way === 'file' ? ['--code-file', path] : [])], {
        env: way === 'environment' ? { HOLDFAST_ENROL_CODE: `${code}` } : {},
      });
      expect(ran.code, ran.stderr).toBe(0);
      assertEnrolled(slip);
    }
  });

  it('with the same slip again is done already, and with a new one makes the identity anew', async () => {
    box = newBox();
    const slip = await slipFor();
    await box.run(['enrol', '--slip', '-'], { input: slip });
    const before = loadApplianceIdentity(box.identity);
    const again = await box.run(['enrol', '--slip', '-'], { input: slip });
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^this slip was used: the box is enrolled as/),
    });
    expect(loadApplianceIdentity(box.identity).certificatePem).toBe(before.certificatePem);

    const { appliance } = JSON.parse(slip) as { appliance: string };
    const second = await newSlip(site, estPort, { applianceId: appliance, newSite: false });
    expect(await box.run(['enrol', '--slip', '-'], { input: second })).toMatchObject({ code: 0 });
    const after = loadApplianceIdentity(box.identity);
    expect(after.keyPem).not.toBe(before.keyPem);
    expect(after.applianceId).toBe(before.applianceId);
  });

  it('does not make a box another appliance than it is', async () => {
    box = newBox();
    await box.run(['enrol', '--slip', '-'], { input: await slipFor() });
    const ran = await box.run(['enrol', '--slip', '-'], { input: await slipFor() });
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('other_appliance: this box is leeds-'),
    });
  });

  it.each<[string, (slip: Record<string, string>) => object, string]>([
    ['a guessed code', () => ({ code: '0000-0000-0000-0000' }), 'code_refused'],
    ['the code of another appliance', () => ({ appliance: 'york-1' }), 'code_refused'],
    ['another root', () => ({ root: `sha256:${'ab'.repeat(32)}` }), 'root_mismatch'],
    [
      'a name that central does not have',
      () => ({ est: `https://127.0.0.1:${estPort}` }),
      'central_not_trusted',
    ],
    ['a port where nobody listens', () => ({ est: 'https://localhost:9' }), 'central_unreachable'],
    ['a code too short', () => ({ code: '0000' }), 'slip_malformed'],
  ])('with %s says what is wrong, and leaves the box as it was', async (_, change, code) => {
    box = newBox();
    const slip = JSON.parse(await slipFor()) as Record<string, string>;
    const ran = await box.run(['enrol', '--slip', '-'], {
      input: JSON.stringify({ ...slip, ...change(slip) }),
    });
    expect(ran.stderr).toMatch(new RegExp(`^holdfast: ${code}: .*\nhint: `));
    expect(ran.code).toBe(code === 'slip_malformed' ? 2 : 1);
    expect(existsSync(box.identity)).toBe(false);
    expect(readFileSync(box.config, 'utf8')).not.toContain('central');
  });

  it('with a code that was used for another key is refused, and a new one helps', async () => {
    box = newBox();
    const slip = await slipFor();
    await box.run(['enrol', '--slip', '-'], { input: slip });
    box.remove();
    box = newBox();
    const used = await box.run(['enrol', '--slip', '-'], { input: slip });
    expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining('code_refused: ') });
    const { appliance } = JSON.parse(slip) as { appliance: string };
    const second = await newSlip(site, estPort, { applianceId: appliance, newSite: false });
    expect(await box.run(['enrol', '--slip', '-'], { input: second })).toMatchObject({ code: 0 });
  });

  it('where nobody can be asked says how a slip is given', async () => {
    box = newBox();
    const ran = await box.run(['enrol']);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/slip_missing: .*\nhint: .*--slip/) });
  });
});
