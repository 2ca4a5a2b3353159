// Against a real datagram socket, by systemd's own program. Debian has it in the package systemd.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenAsManager, type Manager } from './fixtures/service-manager.ts';
import type { Log } from './log.ts';
import { createNotify, reloadingStates } from './notify.ts';

const errors: object[] = [];
const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => errors.push(fields) };
const hasProgram = spawnSync('systemd-notify', ['--version']).status === 0;
let manager: Manager;

beforeEach(async () => {
  errors.length = 0;
  manager = await listenAsManager();
});
afterEach(() => manager.close());

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  NOTIFY_SOCKET: manager.socket,
  ...more,
});

describe.skipIf(!hasProgram)('with a service manager (skipped where systemd-notify is missing)', () => {
  it('says each call as one message, in order, though nobody waits for the one before', async () => {
    const notify = createNotify(environment(), log);
    await Promise.all([
      notify.say('READY=1', 'STATUS=selling, link up'),
      notify.say('WATCHDOG=1'),
      notify.say('STOPPING=1'),
    ]);
    await manager.until('STOPPING=1');
    expect(manager.heard).toEqual([['READY=1', 'STATUS=selling, link up'], ['WATCHDOG=1'], ['STOPPING=1']]);
    expect(errors).toEqual([]);
  });

  it('keeps what somebody else worded within its own state', async () => {
    await createNotify(environment(), log).say('STATUS=bad file:\nWATCHDOG=1\n^');
    expect(await manager.until(/^STATUS=/)).toEqual(['STATUS=bad file: WATCHDOG=1 ^']);
  });

  it('logs a manager that is gone once, and goes on', async () => {
    const notify = createNotify(environment({ NOTIFY_SOCKET: `${manager.socket}-gone` }), log);
    await notify.say('READY=1');
    await notify.say('WATCHDOG=1');
    expect(errors).toEqual([expect.objectContaining({ error: expect.stringMatching(/./) })]);
  });
});

describe('what the environment says', () => {
  it('is nothing without a manager: nothing is started then', async () => {
    const notify = createNotify({ PATH: '/nowhere' }, log);
    await notify.say('READY=1');
    expect(notify).toMatchObject({ heard: false, watchdogMs: null });
    expect(errors).toEqual([]);
  });

  it('is taken out, so that programs started from here do not speak in our name', () => {
    const env = environment({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) });
    expect(createNotify(env, log).watchdogMs).toBe(60_000);
    expect(Object.keys(env)).toEqual(['PATH']);
  });

  it.each([
    ['60000000', undefined, 60_000],
    ['60000000', '1', null],
    [undefined, undefined, null],
  ])('with WATCHDOG_USEC=%s for the process %s: a patience of %s ms', (WATCHDOG_USEC, WATCHDOG_PID, ms) => {
    expect(createNotify(environment({ WATCHDOG_USEC, WATCHDOG_PID }), log).watchdogMs).toBe(ms);
  });

  it('names the program that is missing, and the remedy', async () => {
    await createNotify(environment({ PATH: '/nowhere' }), log).say('READY=1');
    expect(errors).toEqual([
      { error: expect.stringContaining('systemd-notify'), hint: expect.stringContaining('Install') },
    ]);
  });
});

it('says when a reload began by the clock that the manager goes by too', () => {
  expect(reloadingStates({ monotonicMs: () => 1234 })).toEqual(['RELOADING=1', 'MONOTONIC_USEC=1234000']);
});
