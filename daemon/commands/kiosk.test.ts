// The technician's commands as processes, with the file they share with the daemon.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { type KioskDoor, openKioskDoor } from '../store/kiosks/door.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-kiosk-command-'));
afterAll(() => rmSync(base, { recursive: true }));

let folder: string;
let door: KioskDoor;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'case-'));
  writeFileSync(
    join(folder, 'holdfast.toml'),
    'dataFolder = "data"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n',
  );
  door = openKioskDoor(join(folder, 'data'), systemClock());
});
afterEach(() => door.close());

function kiosk(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const config = args.includes('--config') || args.includes('--help') ? [] : ['--config', 'holdfast.toml'];
  return spawnSync(process.execPath, [mainOf('holdfast'), 'kiosk', ...args, ...config], {
    encoding: 'utf8',
    cwd: folder,
  });
}
const json = (...args: string[]) => {
  const { status, stdout, stderr } = kiosk(...args, '--json');
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe('holdfast kiosk', () => {
  it('says what to do first when there is none', () => {
    expect(kiosk('list')).toEqual(
      expect.objectContaining({
        status: 0,
        stdout: 'No kiosk is paired. Begin with: holdfast kiosk pair --name till-1\n',
      }),
    );
    expect(json('list')).toEqual({ kiosks: [], codes: [] });
  });

  it('makes a code that the daemon takes, shows both, renames and revokes', () => {
    const shown = kiosk('pair', '--name', 'till-3');
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    const [first, , ...rest] = shown.stdout.split('\n');
    const [, code = ''] = /^Code for till-3 \(sell, read\): (.{4}-.{4})$/.exec(first ?? '') ?? [];
    expect(rest.filter((line) => line.includes('█')).length).toBeGreaterThan(10);
    expect(shown.stdout).toMatch(/^Type or scan it at the kiosk within 10 minutes\. It works once/m);
    expect(kiosk('list').stdout).toBe('till-3  sell,read  its code waits, 10 minutes left\n');

    const paired = door.pair(code);
    const token = paired.kind === 'paired' ? paired.token : expect.fail(paired.kind);
    expect(kiosk('list').stdout).toMatch(/^till-3 {2}sell,read {2}paired \d{4}-\d\d-\d\d \d\d:\d\d UTC\n$/);

    expect(kiosk('rename', 'till-3', 'till-9').stdout).toBe('till-3 is now till-9\n');
    expect(door.kioskOf(token)?.name).toBe('till-9');
    expect(kiosk('revoke', 'till-9').stdout).toBe('till-9 is revoked: its token is refused from now on\n');
    expect(door.kioskOf(token)).toBeNull();
  });

  it('speaks JSON to machines', () => {
    const offered = json('pair', '--name', 'desk', '--scopes', 'read, refund,sell,sell');
    expect(offered).toEqual({
      name: 'desk',
      scopes: ['sell', 'refund', 'read'],
      code: expect.stringMatching(/^\w{4}-\w{4}$/),
      validSeconds: 600,
    });
    expect(json('list')).toEqual({
      kiosks: [],
      codes: [{ name: 'desk', scopes: offered.scopes, leftMs: expect.any(Number) }],
    });
    expect(json('revoke', 'desk')).toEqual({ name: 'desk', result: 'code_taken_back' });
    const { code } = json('pair', '--name', 'desk');
    door.pair(code);
    expect(json('rename', 'desk', 'desk-2')).toEqual({ name: 'desk-2', before: 'desk' });
    expect(json('revoke', 'desk-2')).toEqual({ name: 'desk-2', result: 'revoked' });
  });

  it('ends with 1 when things are not so, and says what to do', () => {
    door.pair(json('pair', '--name', 'till-3').code);
    for (const [args, message] of [
      [['pair', '--name', 'till-3'], /^holdfast: kiosk_name_taken: .*till-3.*\nhint: .*revoke till-3/],
      [['rename', 'till-4', 'till-5'], /^holdfast: kiosk_unknown: .*"till-4"\nhint: .*list/],
      [['revoke', 'till-4'], /^holdfast: kiosk_unknown: /],
    ] as const) {
      const { status, stdout, stderr } = kiosk(...args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });

  it.each([
    [['pair', '--name', 'Till 3'], /^holdfast: argument_malformed: .*\nhint: Use 1 to 32/],
    [['pair', '--name', '4929142077738169'], /^holdfast: argument_malformed: [^\d]*\nhint: .*no card number/],
    [['pair', '--name', 'till', '--scopes', 'sell,admin'], /^holdfast: argument_malformed: --scopes/],
    [['pair', '--name', 'till', '--scopes', ''], /^holdfast: argument_malformed: --scopes/],
    [['pair'], /--name <name>/],
    [['rename', 'till'], /missing required argument 'new'/],
    [['rename', 'till', '-'], /^holdfast: argument_malformed/],
    [['list', '--config', 'missing.toml'], /^holdfast: missing\.toml cannot be read\nhint: /],
    [['polish'], /unknown command/],
  ])('%j ends with 2', (args, message) => {
    const { status, stdout, stderr } = kiosk(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each(['pair', 'list', 'rename', 'revoke'])('%s explains itself, with examples', (name) => {
    const { status, stdout } = kiosk(name, '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}holdfast kiosk ${name}`));
    expect(stdout).toContain('Exit codes: 0');
  });
});
