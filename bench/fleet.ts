// npm run bench:fleet: what a fleet that reports costs central. Ten thousand boxes say every half minute how they are while two hundred
// of them sell: processor time of central with and without the reports, in one run; and bytes on the disk of a box and day.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { byTester } from '../central/fixtures/by.ts';
import { openStoreAt } from '../central/fixtures/in-process-store.ts';
import { fleetPath, openFleetFile } from '../central/fleet/sqlite/fleet-file.ts';
import { databasePath } from '../central/ledger/sqlite/open.ts';
import { genesisHash } from '../contract/hash.ts';
import { manualClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import type { FleetLoadOptions } from './fleet-load.ts';
import { reportingBox } from './fleet-reports.ts';
import { report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    boxes: { type: 'string', default: '10000' },
    sellers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
  },
});
const boxesCount = Number(values.boxes);
const sellers = Number(values.sellers);
const seconds = Number(values.seconds);
const reportEveryMs = 30_000;
const sellEveryMs = 5000;
/** For the compiler, and for every box to have been heard once. */
const warmMs = 35_000;
const boxesPerSite = 20;

const root = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  const stored = storedBytes();
  say(JSON.stringify(stored));
  const cost = await intakeCost();
  say(JSON.stringify(cost));
  await report(
    'fleet',
    { intakeCorePercent: cost.intakeCorePercent, bytesPerApplianceDay: stored.bytesPerApplianceDay },
    { boxes: boxesCount, sellers, reportEveryMs, sellEveryMs, seconds, ...cost, ...stored },
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Three days of some boxes, by a clock that is turned: what each step takes of the file. */
function storedBytes() {
  const [boxes, days] = [10, 3];
  const folder = join(root, 'stored');
  mkdirSync(folder);
  const clock = manualClock(Date.UTC(2026, 10, 1));
  const file = openFleetFile(folder, { clock, log: silentLog });
  const fleet = Array.from({ length: boxes }, (_, i) => ({
    id: `box-${i}`,
    reports: reportingBox(i, i % 5 === 0),
  }));
  for (let n = 0; n < days * 2880; n++) {
    for (const { id, reports } of fleet) file.take(id, [reports.next(clock.wallMs())], clock.wallMs());
    clock.advance(30_000);
  }
  clock.advance(2 * 3_600_000);
  file.close();
  const db = new Database(fleetPath(folder), { readonly: true });
  const levels = db
    .prepare<[], { step: number; bytes: number; slots: number }>(
      'SELECT step_seconds AS step, sum(length(body)) AS bytes, count(*) AS slots FROM block GROUP BY step_seconds',
    )
    .all();
  db.close();
  // Two days are kept of the finest step, all three of the others.
  const kept: Record<number, number> = { 30: 2 + 2 / 24, 300: days, 3600: days };
  const perDay = (step: number) =>
    Math.round((levels.find((one) => one.step === step)?.bytes ?? 0) / boxes / (kept[step] ?? 1));
  const [fine, middle, coarse] = [perDay(30), perDay(300), perDay(3600)];
  return {
    bytesPerApplianceDay: fine + middle + coarse,
    bytesByStep: { 30: fine, 300: middle, 3600: coarse },
    /** When every step is full: two days, sixty, and two years. */
    bytesPerApplianceFull: 2 * fine + 60 * middle + 730 * coarse,
  };
}

async function intakeCost() {
  const wantedPerSecond = (boxesCount * 1000) / reportEveryMs;
  const { centralFolder } = await authorityInit({
    folder: join(root, 'authority'),
    centralHosts: ['localhost'],
    nowMs: Date.now(),
  });
  const dataFolder = join(root, 'data');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const boxes = makeKnown(dataFolder, publicKey.export({ format: 'der', type: 'spki' }));
  const options: FleetLoadOptions = {
    ...{ identityFolder: centralFolder, boxes, sellers, reportEveryMs, sellEveryMs },
    privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
  const optionsFile = join(root, 'fleet.json');
  writeFileSync(optionsFile, JSON.stringify(options), { mode: 0o600 });
  const fleet = spawn(process.execPath, [join(import.meta.dirname, 'fleet-load.ts'), optionsFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const central = { process: null as ChildProcess | null };
  try {
    const port = Number(await firstLine(fleet));
    const config = join(root, 'central.toml');
    writeFileSync(
      config,
      `dataFolder = ${JSON.stringify(dataFolder)}\nidentityFolder = ${JSON.stringify(centralFolder)}\n` +
        `[http]\nport = 0\n[broker]\nmode = "external"\nurl = "mqtts://localhost:${port}"\n[log]\nlevel = "warn"\n`,
    );
    const program = join(import.meta.dirname, '..', 'central', 'main.ts');
    const started = spawn(
      process.execPath,
      ['--v8-pool-size=1', '--expose-gc', '--initial-old-space-size=64', program, 'run', '--config', config],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    central.process = started;
    const said = await announced(started);
    const tell = (line: string) => fleet.stdin?.write(`${line}\n`);
    const reports = () => reportsTaken(said);
    tell('sell on');
    await sleep(10_000);
    const selling = await corePercent(started, seconds);
    tell('health on');
    await sleep(warmMs);
    const before = await reports();
    const both = await corePercent(started, seconds);
    const { taken, ignored } = await reports();
    const reportsPerSecond = round((taken - before.taken) / seconds, 0);
    const memory = residentMegabytes(started);
    tell('sell off');
    tell('health off');
    await sleep(2000);
    const atRest = await corePercent(started, 10);
    return {
      // On a machine that is busy with other things fewer come than were wanted: what each costs stays.
      intakeCorePercent: round(((both - selling) / reportsPerSecond) * wantedPerSecond, 1),
      wantedPerSecond: round(wantedPerSecond, 0),
      ...{ sellingCorePercent: selling, bothCorePercent: both, atRestCorePercent: atRest },
      ...{ reportsPerSecond, reportsIgnored: ignored, residentMegabytes: memory },
    };
  } finally {
    for (const child of [central.process, fleet]) {
      if (!child || child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

/** As if each had said hello before: what certificates cost is no part of this. */
function makeKnown(dataFolder: string, publicKeyDer: Uint8Array): FleetLoadOptions['boxes'] {
  mkdirSync(dataFolder, { recursive: true });
  const store = openStoreAt(databasePath(dataFolder));
  const nowMs = Date.now();
  const boxes = Array.from({ length: boxesCount }, (_, i) => ({ id: `box-${i}`, journalId: randomUUID() }));
  store.transaction(() => {
    for (const [i, { id, journalId }] of boxes.entries()) {
      store.registerAppliance({ id, site: `site-${Math.floor(i / boxesPerSite)}` }, byTester(nowMs));
      const facts = { lastSeq: 0, lastHash: genesisHash.toString('hex'), feedId: null, appliedThrough: 0 };
      store.hello({ ...facts, applianceId: id, publicKey: publicKeyDer, journalId, release: '0.1.0', nowMs });
    }
  });
  store.close();
  return boxes;
}

/** Processor time of all its threads, of one core, over so many seconds. */
async function corePercent({ pid }: ChildProcess, overSeconds: number): Promise<number> {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const [startTicks, startMs] = [ticks(), performance.now()];
  await sleep(overSeconds * 1000);
  // Of Linux: a hundred ticks a second.
  return round(((ticks() - startTicks) * 1000) / (performance.now() - startMs), 1);
}

function residentMegabytes({ pid }: ChildProcess): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kibibytes) / 1024);
}

interface Announced {
  httpPort: number;
  operatorKey: string;
}

function announced(child: ChildProcess): Promise<Announced> {
  const found: Partial<Announced> = {};
  const { stdout } = child;
  if (!stdout) throw new Error('central says nothing');
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`central ended with code ${code}`)));
    createInterface({ input: stdout }).on('line', (line) => {
      // What it logs beside its key and its ports is worth seeing.
      if (found.httpPort !== undefined) return say(line);
      Object.assign(found, JSON.parse(line));
      if (found.httpPort !== undefined) resolve(found as Announced);
    });
  });
}

async function reportsTaken({
  httpPort,
  operatorKey,
}: Announced): Promise<{ taken: number; ignored: number }> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/metrics`, {
    headers: { authorization: `Bearer ${operatorKey}` },
  });
  const text = await answer.text();
  const taken = Number(/^holdfast_health_reports_total (\d+)$/m.exec(text)?.[1]);
  const ignored = [...text.matchAll(/^holdfast_frames_ignored_total\{.*\} (\d+)$/gm)];
  return { taken, ignored: ignored.reduce((sum, [, count]) => sum + Number(count), 0) };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the fleet ended with code ${code}`)));
  });
}
