// Central and the fleet that reports to it, each a process of its own, with the boxes behind a broker in the fleet's.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { byTester } from '../central/fixtures/by.ts';
import { openStoreAt } from '../central/fixtures/in-process-store.ts';
import { databasePath } from '../central/ledger/sqlite/open.ts';
import { genesisHash } from '../contract/hash.ts';
import { nodeFlags } from '../kit/node-flags.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import type { FleetLoadOptions } from './fleet-load.ts';
import { round, say } from './report.ts';

export interface FleetUnderTest {
  /** Central's own. */
  url: string;
  operatorKey: string;
  /** `health on`, `health off`, `sell on`, `sell off`. */
  tell(line: string): void;
  /** Processor time of all of central's threads, of one core, over so many seconds. */
  corePercent(overSeconds: number): Promise<number>;
  residentMegabytes(): number;
  reports(): Promise<{ taken: number; ignored: number }>;
  stop(): Promise<void>;
}

export type FleetOptions = Pick<FleetLoadOptions, 'sellers' | 'reportEveryMs' | 'sellEveryMs'> & {
  boxes: number;
};

const boxesPerSite = 20;

export async function openFleet(folder: string, options: FleetOptions): Promise<FleetUnderTest> {
  mkdirSync(folder);
  const { centralFolder } = await authorityInit({
    folder: join(folder, 'authority'),
    centralHosts: ['localhost'],
    nowMs: Date.now(),
  });
  const dataFolder = join(folder, 'data');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const load: FleetLoadOptions = {
    ...options,
    identityFolder: centralFolder,
    boxes: makeKnown(dataFolder, options.boxes, publicKey.export({ format: 'der', type: 'spki' })),
    privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
  const loadFile = join(folder, 'fleet.json');
  writeFileSync(loadFile, JSON.stringify(load), { mode: 0o600 });
  const fleet = spawn(process.execPath, [join(import.meta.dirname, 'fleet-load.ts'), loadFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const children = [fleet as ChildProcess];
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
  const stop = async () => {
    for (const child of children) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  };
  try {
    const config = join(folder, 'central.toml');
    writeFileSync(
      config,
      `dataFolder = ${JSON.stringify(dataFolder)}\nidentityFolder = ${JSON.stringify(centralFolder)}\n` +
        `[http]\nport = 0\n[broker]\nmode = "external"\nurl = "mqtts://localhost:${await firstLine(fleet)}"\n` +
        '[people]\nsecondFactor = "optional"\n[log]\nlevel = "warn"\n',
    );
    const program = join(import.meta.dirname, '..', 'central', 'main.ts');
    const central = spawn(process.execPath, [...nodeFlags, program, 'run', '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.unshift(central);
    const { httpPort, operatorKey } = await announced(central);
    const url = `http://127.0.0.1:${httpPort}`;
    return {
      url,
      operatorKey,
      tell: (line) => void fleet.stdin.write(`${line}\n`),
      corePercent: (overSeconds) => corePercent(central, overSeconds),
      residentMegabytes: () => residentMegabytes(central),
      reports: () => reportsTaken(url, operatorKey),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As if each had said hello before: what certificates cost is no part of this. */
function makeKnown(dataFolder: string, count: number, publicKeyDer: Uint8Array): FleetLoadOptions['boxes'] {
  mkdirSync(dataFolder);
  const store = openStoreAt(databasePath(dataFolder));
  const nowMs = Date.now();
  const boxes = Array.from({ length: count }, (_, i) => ({ id: `box-${i}`, journalId: randomUUID() }));
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

async function reportsTaken(url: string, operatorKey: string): Promise<{ taken: number; ignored: number }> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${operatorKey}` } });
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
