// A box that believes in 1970 or 2040, against a central whose clock is right: real processes, real TLS, and the clock of
// the box alone turned by libfaketime, under Node, its OpenSSL and everything else.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { type Box, newBox, newSlip } from './box.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { catalogueFile } from './shop.ts';

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const products = readProducts(catalogueFile);
const right = '+0';
let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let box: Box;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
  await withPort(site.dataFolder, async (port) => {
    await port.publishPolicy(generousPolicy, byTester(Date.now()));
    await publishProducts(port, products, testerAtWork(Date.now));
  });
});
afterAll(async () => {
  await central.stop();
  site.remove();
});
afterEach(() => box.remove());

/** The wall clock alone: durations are the kernel's own. */
function clockOf(file: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    TZ: 'UTC',
  };
}

async function sell(daemon: Daemon, count: number): Promise<void> {
  const kiosk = createKioskClient({ baseUrl: `http://127.0.0.1:${daemon.httpPort}` });
  const random = seededRandom(count);
  for (let n = 0; n < count; n++) {
    expect(await kiosk.checkout(fillBasket(products, random))).toMatchObject({ kind: 'approved' });
  }
}

/** What central has of all boxes, as the entries say their times. */
function entryTimes(): { wallMs: number; central?: { ms: number } }[] {
  const db = new Database(join(site.dataFolder, 'central.db'), { readonly: true });
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY journal_ref, seq').pluck().all();
  db.close();
  return bodies.map((body) => (JSON.parse(body.toString()) as { at: { wallMs: number } }).at);
}

const codes = ({ conditions }: { conditions: { code: string }[] }) => conditions.map(({ code }) => code);

describe.skipIf(!existsSync(library))('a box whose clock says', () => {
  it.each([
    ['1970', '@1970-01-01 00:10:00', 'leeds-1', /is 5\d years behind central's/],
    ['2040', '@2040-06-01 00:00:00', 'leeds-2', /is 1\d years ahead of central's/],
  ])(
    '%s enrols, sells, hands everything over, and says how wrong its clock is until it is right',
    async (_, at, applianceId, words) => {
      box = newBox();
      const clock = join(box.folder, 'clock');
      writeFileSync(clock, at);
      const slip = await newSlip(site, central.estPort ?? 0, {
        applianceId,
        newSite: applianceId === 'leeds-1',
      });
      const enrolled = await box.run(['enrol', '--slip', '-'], { input: slip, env: clockOf(clock) });
      expect(enrolled).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(words) });
      const config = readFileSync(box.config, 'utf8');
      writeFileSync(box.config, config.replace(/mqtts:[^"]*/, `mqtts://localhost:${central.mqttPort}`));

      const before = entryTimes().length;
      let daemon = await startDaemon(box.config, clockOf(clock));
      try {
        await daemon.until(({ link, catalogue }) => link.kind === 'online' && catalogue.version > 0);
        await sell(daemon, 5);
        await daemon.until(({ journal }) => journal.lastSeq >= 5 && journal.pending === 0);
        const status = await daemon.status();
        expect(status.conditions).toMatchObject([
          { code: 'clock_wrong', hint: expect.stringMatching(words) },
        ]);
        expect(status.certificate?.daysLeft).toBe(89);
        const received = entryTimes().slice(before);
        expect(received).toHaveLength(status.journal.lastSeq);
        for (const { wallMs, central: estimate } of received) {
          expect(new Date(wallMs).getUTCFullYear()).toBe(Number(at.slice(1, 5)));
          expect(Math.abs((estimate?.ms ?? 0) - Date.now())).toBeLessThan(120_000);
        }

        // A restart: central was not heard yet, and the link comes all the same.
        await daemon.stop();
        daemon = await startDaemon(box.config, clockOf(clock));
        await daemon.until((now) => now.link.kind === 'online' && codes(now).includes('clock_wrong'));
        const doctor = await box.run(['doctor', '--json'], { env: clockOf(clock) });
        const checks = JSON.parse(doctor.stdout).checks as { code: string; state: string; words: string }[];
        expect(checks.find(({ code }) => code === 'tls')).toMatchObject({ state: 'warning' });
        expect(checks.find(({ code }) => code === 'clock')).toMatchObject({ state: 'error' });

        writeFileSync(clock, right);
        await daemon.until((now) => now.link.kind === 'online' && now.conditions.length === 0);
      } finally {
        await daemon.stop();
      }
    },
    240_000,
  );
});
