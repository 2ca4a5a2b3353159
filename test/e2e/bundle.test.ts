// A box at a site without a link: a sealed bundle makes it sell, and the first contact brings central what it sold.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { holdfastCentral } from '../../central/fixtures/program.ts';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import { runEnrol } from '../../daemon/commands/enrol.ts';
import { readConfig } from '../../daemon/config.ts';
import { readIdentity } from '../../daemon/identity/identity-folder.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { listen } from '../../kit/listen.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { type Box, newBox, newSlip } from './box.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { catalogueFile } from './shop.ts';

const products = readProducts(catalogueFile);
let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let est: Gate;
let mqtt: Gate;
let box: Box;
let boxes = 0;

/** A way to a port of central's that is shut until it is opened. */
interface Gate {
  port: number;
  set(open: boolean): void;
  close(): void;
}

async function buildGate(toPort: number): Promise<Gate> {
  const state = { open: false };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    near.on('error', () => {});
    if (!state.open) {
      near.destroy();
      return;
    }
    const far = connect(toPort, '127.0.0.1');
    far.on('error', () => {});
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  return {
    port: await listen(server, 0, '127.0.0.1'),
    set(open) {
      state.open = open;
      if (!open) for (const socket of sockets) socket.destroy();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
  est = await buildGate(central.estPort ?? 0);
  mqtt = await buildGate(central.mqttPort);
  await withPort(site.dataFolder, async (port) => {
    await port.publishPolicy(generousPolicy, byTester(Date.now()));
    await publishProducts(port, products, testerAtWork(Date.now));
  });
  writeFileSync(
    join(site.folder, 'central.toml'),
    `dataFolder = ${JSON.stringify(site.dataFolder)}
     identityFolder = ${JSON.stringify(join(site.authority, 'central'))}
     http = { port = 0 }
     broker = { mode = "embedded", host = "127.0.0.1", port = 0 }
     [est]
     port = 0
     url = "https://localhost:${est.port}"
     centralUrl = "mqtts://localhost:${mqtt.port}"
     issuingFolder = ${JSON.stringify(join(site.authority, 'issuing'))}`,
  );
});
afterAll(async () => {
  est.close();
  mqtt.close();
  await central.stop();
  site.remove();
});
beforeEach(() => {
  box = newBox();
  for (const gate of [est, mqtt]) gate.set(false);
});
afterEach(() => box.remove());

interface Made {
  file: string;
  passphrase: string;
  applianceId: string;
  number: number;
}

async function makeBundle(...more: string[]): Promise<Made> {
  const file = join(box.folder, 'stick.bundle');
  const words = [
    'enrolment',
    'bundle',
    '--site',
    'leeds',
    ...(boxes++ === 0 ? ['--new-site'] : []),
    '--out',
    file,
  ];
  const made = await holdfastCentral(
    ...words,
    ...more,
    '--config',
    join(site.folder, 'central.toml'),
    '--json',
  );
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const { enrolment, passphrase } = JSON.parse(made.stdout);
  return { file, passphrase, applianceId: enrolment.applianceId, number: enrolment.number };
}

/** `holdfast enrol --bundle` in this process; a failure is thrown. @returns what it printed */
async function open({ file, passphrase }: Pick<Made, 'file' | 'passphrase'>, at = box): Promise<string> {
  const said: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  process.env.HOLDFAST_BUNDLE_PASSPHRASE = passphrase;
  try {
    await runEnrol({ config: at.config, bundle: file });
  } finally {
    write.mockRestore();
    delete process.env.HOLDFAST_BUNDLE_PASSPHRASE;
  }
  return said.join('');
}

/** @param config with short waits */
function hurry(config = box.config): void {
  writeFileSync(config, readFileSync(config, 'utf8').replace('[central]', '[central]\nreconnectMsMax = 500'));
}

async function sell(daemon: Daemon, count: number): Promise<string[]> {
  const kiosk = createKioskClient({ baseUrl: `http://127.0.0.1:${daemon.httpPort}` });
  const random = seededRandom(count);
  const verdicts: string[] = [];
  for (let n = 0; n < count; n++) {
    const sale = await kiosk.checkout(fillBasket(products, random));
    verdicts.push('answer' in sale ? sale.answer.verdict : JSON.stringify(sale));
  }
  return verdicts;
}

/** How many checkouts of this box central has, and how many of them it has booked. */
function atCentral(applianceId: string): { received: number; booked: number } {
  const db = new Database(join(site.dataFolder, 'central.db'), { readonly: true });
  const count = (sql: string) => db.prepare<[string], number>(sql).pluck().get(applianceId) ?? 0;
  const ofBox =
    'JOIN journal j ON j.ref = x.journal_ref JOIN appliance a ON a.ref = j.appliance_ref WHERE a.id = ?';
  const received = count(`SELECT count(*) FROM entry x ${ofBox}`);
  const booked = db
    .prepare<[string], number>(
      `SELECT coalesce(sum(j.booked_through), 0) FROM journal j JOIN appliance a ON a.ref = j.appliance_ref WHERE a.id = ?`,
    )
    .pluck()
    .get(applianceId);
  db.close();
  return { received, booked: booked ?? 0 };
}

const codes = ({ conditions }: { conditions: { code: string }[] }) => conditions.map(({ code }) => code);

describe('a box without a link', () => {
  it('sells by a sealed bundle, over a restart, and central has it all after the first contact', async () => {
    const made = await makeBundle();
    const opened = await open(made);
    expect(opened.split('\n')).toEqual([
      expect.stringMatching(
        `^opened the bundle of .*: this box is to be ${made.applianceId}, of site leeds$`,
      ),
      'made a key; it stays on this box',
      `wrote central's address mqtts://localhost:${mqtt.port} to the configuration`,
      expect.stringMatching(/^kept policy and catalogue; the first contact must come by /),
      expect.stringMatching(/^ready to sell offline: this box is /),
      'next: systemctl start holdfast',
      '',
    ]);
    hurry();
    let daemon = await startDaemon(box.config);
    try {
      expect(await sell(daemon, 25)).toEqual(Array(25).fill('approved_offline'));
      expect(await daemon.status()).toMatchObject({
        applianceId: made.applianceId,
        certificate: null,
        link: { kind: 'offline' },
        journal: { lastSeq: 25, pending: 25 },
        conditions: [
          { code: 'awaiting_first_contact', hint: expect.stringContaining('Sells by the bundle') },
        ],
      });
      await daemon.stop();
      daemon = await startDaemon(box.config);
      expect(await sell(daemon, 25)).toEqual(Array(25).fill('approved_offline'));
      expect(existsSync(box.identity)).toBe(false);

      for (const gate of [est, mqtt]) gate.set(true);
      await daemon.until(({ link, journal }) => link.kind === 'online' && journal.pending === 0);
      await expect
        .poll(() => atCentral(made.applianceId), { timeout: 20_000 })
        .toEqual({ received: 50, booked: 50 });
      await daemon.until(({ conditions, exposure }) => conditions.length === 0 && exposure.totalMinor === 0);
      expect(readIdentity(box.identity).applianceId).toBe(made.applianceId);
      expect(existsSync(join(box.data, 'enrolment', 'awaiting.json'))).toBe(false);
    } finally {
      await daemon.stop();
    }
  }, 240_000);

  it('whose code was used by another box sells on and says so, until a new code helps', async () => {
    const made = await makeBundle();
    const second = newBox();
    try {
      await open(made, second);
      await open(made);
      est.set(true);
      expect(await second.run(['enrol'])).toMatchObject({ code: 0 });
      hurry();
      const daemon = await startDaemon(box.config);
      try {
        await daemon.until((status) => codes(status).includes('first_contact_refused'));
        expect(await sell(daemon, 3)).toEqual(Array(3).fill('approved_offline'));
        const slip = await newSlip(site, est.port, { applianceId: made.applianceId, newSite: false });
        expect(await box.run(['enrol', '--slip', '-'], { input: slip })).toMatchObject({ code: 0 });
        writeFileSync(
          box.config,
          readFileSync(box.config, 'utf8').replace(/mqtts:[^"]*/, `mqtts://localhost:${mqtt.port}`),
        );
        mqtt.set(true);
        await daemon.until(({ link, journal }) => link.kind === 'online' && journal.pending === 0);
        expect(codes(await daemon.status())).toEqual([]);
      } finally {
        await daemon.stop();
      }
    } finally {
      second.remove();
    }
  }, 240_000);
});

describe('a bundle', { timeout: 120_000 }, () => {
  it('opened again is as good as once: the key stays', async () => {
    const made = await makeBundle();
    await open(made);
    const work = readFileSync(join(box.data, 'enrolment', 'enrolment.json'), 'utf8');
    expect(await open(made)).not.toContain('made a key');
    expect(readFileSync(join(box.data, 'enrolment', 'enrolment.json'), 'utf8')).toBe(work);
    expect(readConfig(box.config)).toMatchObject({
      site: 'leeds',
      central: { est: `https://localhost:${est.port}` },
    });
  });

  it('shows nothing without its passphrase, and opens by no other way', async () => {
    const made = await makeBundle();
    const bytes = readFileSync(made.file);
    for (const word of ['leeds', 'localhost', 'CERTIFICATE', 'catalogue'])
      expect(bytes.includes(word)).toBe(false);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    const refused: [Buffer | null, string, string][] = [
      [bytes, '0000-0000-0000-0000', 'bundle_sealed'],
      [changed, made.passphrase, 'bundle_sealed'],
      [bytes.subarray(0, 60), made.passphrase, 'bundle_malformed'],
      // The stick was pulled.
      [null, made.passphrase, 'bundle_missing'],
    ];
    for (const [content, passphrase, code] of refused) {
      if (content) writeFileSync(made.file, content);
      else rmSync(made.file);
      await expect(open({ file: made.file, passphrase })).rejects.toMatchObject({ code });
      expect(existsSync(join(box.data, 'enrolment'))).toBe(false);
      expect(readFileSync(box.config, 'utf8')).not.toContain('central');
    }
  });

  it('is not for a box that is another appliance', async () => {
    await open(await makeBundle());
    await expect(open(await makeBundle())).rejects.toMatchObject({ code: 'other_appliance' });
  });
});
