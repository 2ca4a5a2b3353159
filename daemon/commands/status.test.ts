// `holdfast status`: its words by table, and the program beside a running daemon and without one.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '../../contract/kiosk-api.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { durationWords } from './duration-words.ts';
import { runningWords, stoppedWords } from './status-words.ts';

const nowMs = Date.UTC(2026, 10, 24, 12);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('how long', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [59_999, '59 s'],
    [minuteMs, '1 min'],
    [hourMs, '1 h'],
    [hourMs + 20 * minuteMs, '1 h 20 min'],
    [53 * hourMs, '2 d 5 h'],
  ])('%i ms is %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });
});

describe('the status in words', () => {
  const status: Status = {
    applianceId: 'shop-1',
    release: '0.1.0',
    link: { kind: 'offline', sinceMs: nowMs - 3 * hourMs },
    journal: {
      journalId: '00000000-0000-7000-8000-000000000001',
      lastSeq: 4211,
      receivedThrough: 4200,
      pending: 11,
    },
    feed: { appliedThrough: 7 },
    catalogue: { version: 3, products: 50_000, ageMs: 2 * hourMs },
    policy: { version: 0, ageMs: null },
    offline: { sinceMs: nowMs - 3 * hourMs, moneyLeftMinor: 48_770, timeLeftMs: 5 * hourMs },
    stockLow: { items: [], more: false },
    exposure: { totalMinor: 1230, limitMinor: 50_000, currency: 'GBP' },
    verdicts: {},
    cardNumbersRefused: 0,
    certificate: { notAfterMs: nowMs + 30 * 24 * hourMs, daysLeft: 30 },
    conditions: [{ code: 'stock_low', hint: 'Bring more.', sinceMs: nowMs - minuteMs }],
  };

  it('says what a technician must know', () => {
    expect(runningWords(status, nowMs).split('\n')).toEqual([
      'shop-1 (holdfast 0.1.0): waiting for a catalogue and a policy, link down, 11 unreceived, stock_low',
      '  link        offline for 3 h, 5 h of selling offline left',
      '  journal     4,211 entries, 11 unreceived by central',
      '  exposure    12.30 GBP of 500.00 GBP',
      '  catalogue   version 3, 50,000 products, 2 h old',
      '  policy      none yet: it comes with the first contact',
      '  certificate another 30 days',
      '  condition   stock_low, for 1 min',
      '              Bring more.',
    ]);
  });

  it('says of a stopped box what is not at central yet', () => {
    const atRest = {
      journalId: status.journal.journalId,
      lastSeq: 12,
      receivedThrough: 9,
      exposureMinor: 500,
      currency: 'GBP',
      lastEntryMs: nowMs - hourMs,
      unreceived: { documents: 2, totalMinor: 500 },
    };
    expect(stoppedWords('shop-1', 'the service does not run', atRest, nowMs).split('\n')).toEqual([
      'shop-1: the service does not run',
      '  journal     12 entries, the newest 1 h old',
      '  unreceived  3 entries, 2 of them with money: 5.00 GBP',
      '  exposure    5.00 GBP',
    ]);
    expect(stoppedWords('shop-1', 'the service does not run', null, nowMs)).toContain('none yet');
  });
});

describe('holdfast status', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-status-'));
  const main = mainOf('holdfast');
  const config = join(folder, 'holdfast.toml');
  let daemon: ChildProcess | null = null;
  beforeAll(async () => {
    const authorityFolder = join(folder, 'authority');
    await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: Date.now() });
    await applianceCreate({
      authorityFolder,
      applianceId: 'shop-1',
      out: join(folder, 'identity'),
      nowMs: Date.now(),
    });
  });
  afterAll(() => {
    daemon?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const configure = (port: number, more = '') =>
    writeFileSync(
      config,
      `dataFolder = "data"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n[http]\nport = ${port}\n${more}`,
    );
  const ask = (command: string): Promise<{ code: number; stdout: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [main, command, '--json', '--config', config], (error, stdout) =>
        resolve({ code: error ? Number(error.code) : 0, stdout }),
      );
    });
  const status = () => ask('status');
  const start = (): Promise<number> => {
    daemon = spawn(process.execPath, [main, 'run', '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve) => {
      daemon?.stdout?.on('data', (data) => {
        const ready = /"httpPort":(\d+)/.exec(String(data));
        if (ready) resolve(Number(ready[1]));
      });
    });
  };

  it('asks the running daemon, and reads the files once it is stopped', async () => {
    configure(0);
    configure(await start());
    const running = await status();
    expect(JSON.parse(running.stdout)).toMatchObject({ running: true, applianceId: 'shop-1' });
    expect(running.code).toBe(0);

    const ended = new Promise((resolve) => daemon?.on('close', resolve));
    daemon?.kill('SIGTERM');
    await ended;
    const stopped = await status();
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      running: false,
      applianceId: 'shop-1',
      journal: { lastSeq: 0, unreceived: { documents: 0, totalMinor: 0 } },
    });
    expect(stopped.code).toBe(1);
  });

  it('says why a daemon that asks everybody for a token tells it nothing', async () => {
    configure(0, 'kioskAuth = "required"\n');
    configure(await start(), 'kioskAuth = "required"\n');
    const { code, stdout } = await status();
    expect(JSON.parse(stdout)).toMatchObject({ running: false, why: expect.stringContaining('kioskAuth') });
    expect(code).toBe(1);
    // What watches it needs no token.
    const health = await ask('health');
    expect(JSON.parse(health.stdout)).toEqual({ healthy: true, words: 'waiting_for_feed' });
    expect(health.code).toBe(0);
  });
});
