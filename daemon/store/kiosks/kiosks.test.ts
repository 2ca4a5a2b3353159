// The file of kiosks from both sides at once, as it is used: a technician's registry and the daemon's door.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kiosk } from '../../../contract/pairing.ts';
import { type Clock, manualClock } from '../../../kit/clock.ts';
import { pairingLimits } from '../../kiosks/judge-pairing.ts';
import { type KioskDoor, openKioskDoor } from './door.ts';
import { type KioskRegistry, openKioskRegistry } from './registry.ts';
import { setAsideDamaged } from './set-aside.ts';

const till: Kiosk = { name: 'till-3', scopes: ['sell', 'read'] };
let folder: string;
let clock: ReturnType<typeof manualClock>;
let registry: KioskRegistry;
let door: KioskDoor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kiosks-'));
  clock = manualClock();
  registry = openKioskRegistry(folder, clock);
  door = openKioskDoor(folder, clock);
});
afterEach(() => {
  registry.close();
  door.close();
  rmSync(folder, { recursive: true });
});

function offer(kiosk: Kiosk = till): string {
  const offered = registry.offer(kiosk);
  return offered.kind === 'offered' ? offered.code : expect.fail(offered.kind);
}
function pair(code: string): { kiosk: Kiosk; token: string } {
  const result = door.pair(code);
  return result.kind === 'paired' ? result : expect.fail(result.kind);
}
/** The daemon starts again, on this boot of the box or another. */
function reopen(on: Clock = clock): void {
  door.close();
  door = openKioskDoor(folder, on);
}

describe('pairing', () => {
  it('trades a code for a token that is the kiosk’s, also after a restart', () => {
    const { kiosk, token } = pair(offer());
    expect(kiosk).toEqual(till);
    expect(door.kioskOf(token)).toEqual(till);
    reopen();
    expect(door.kioskOf(token)).toEqual(till);
    expect(registry.list()).toEqual({ kiosks: [{ ...till, pairedAtMs: clock.wallMs() }], codes: [] });
  });

  it('takes a code once', () => {
    const code = offer();
    pair(code);
    expect(door.pair(code)).toMatchObject({ kind: 'wrong_code' });
  });

  it('lets exactly one of two doors win with one code', () => {
    const other = openKioskDoor(folder, clock);
    const code = offer();
    expect([door.pair(code).kind, other.pair(code).kind]).toEqual(['paired', 'wrong_code']);
    other.close();
  });

  it('takes a code for ten minutes, whatever the wall clock is set to', () => {
    const code = offer();
    clock.setWall(clock.wallMs() - 86_400_000);
    clock.advance(pairingLimits.codeMsMax - 1);
    pair(code);
    const late = offer({ ...till, name: 'till-4' });
    clock.setWall(clock.wallMs() - 86_400_000);
    clock.advance(pairingLimits.codeMsMax);
    expect(door.pair(late)).toMatchObject({ kind: 'wrong_code' });
    expect(registry.list().codes).toEqual([]);
  });

  it('takes no code from before the box started again', () => {
    const code = offer();
    reopen({ ...clock, bootId: randomUUID() });
    expect(door.pair(code)).toMatchObject({ kind: 'wrong_code' });
  });

  it('makes an earlier code for the same name void', () => {
    const [first, second] = [offer(), offer()];
    expect(door.pair(first)).toMatchObject({ kind: 'wrong_code' });
    pair(second);
  });

  it.each(['', 'nothing', '\u0000', "' OR 1=1 --", '👾'.repeat(20), '00000000'])('takes no %j', (garbage) => {
    offer();
    expect(door.pair(garbage)).toEqual({ kind: 'wrong_code', locksNow: false });
  });

  it('says busy when another process holds the file, and pairs a moment later', () => {
    const code = offer();
    const holder = new BetterSqlite3(join(folder, 'kiosks.db'));
    holder.exec('BEGIN IMMEDIATE');
    expect(door.pair(code)).toEqual({ kind: 'busy' });
    holder.exec('ROLLBACK');
    holder.close();
    pair(code);
  });
});

describe('the lock on pairing', () => {
  const wrong = () => door.pair('00000000');
  const lock = () => {
    const tries = Array.from({ length: pairingLimits.wrongTriesMax }, wrong);
    expect(tries.map(({ kind }) => kind)).toEqual(Array(5).fill('wrong_code'));
    expect(tries.at(-1)).toMatchObject({ locksNow: true });
  };

  it('comes with the fifth wrong try and holds against the right code, over a restart and a clock set back', () => {
    const code = offer();
    lock();
    const { lockMs } = pairingLimits;
    expect(door.pair(code)).toEqual({ kind: 'locked', leftMs: lockMs });
    clock.advance(1000);
    clock.setWall(clock.wallMs() - 86_400_000);
    reopen();
    expect(door.pair(code)).toEqual({ kind: 'locked', leftMs: lockMs - 1000 });
    clock.setWall(clock.wallMs() + 10 * 86_400_000);
    expect(door.pair(code).kind).toBe('locked');
    clock.advance(lockMs - 1000);
    pair(code);
  });

  it('is not shortened by starting the box again', () => {
    lock();
    const later = manualClock();
    reopen({ ...later, bootId: randomUUID() });
    expect(wrong()).toEqual({ kind: 'locked', leftMs: pairingLimits.lockMs });
    later.advance(pairingLimits.lockMs - 1);
    expect(wrong()).toEqual({ kind: 'locked', leftMs: 1 });
    later.advance(1);
    expect(wrong()).toMatchObject({ kind: 'wrong_code' });
  });

  it('is lifted by a technician’s new code', () => {
    lock();
    pair(offer());
  });

  it('writes nothing while it holds', () => {
    lock();
    const reader = new BetterSqlite3(join(folder, 'kiosks.db'), { readonly: true });
    const version = () => reader.pragma('data_version', { simple: true });
    const before = version();
    for (let n = 0; n < 100; n++) expect(wrong().kind).toBe('locked');
    expect(version()).toBe(before);
    reader.close();
  });
});

describe('what a technician changes', () => {
  it('holds for the daemon’s very next look', () => {
    const { token } = pair(offer());
    expect(registry.rename('till-3', 'till-9')).toBe('renamed');
    expect(door.kioskOf(token)).toEqual({ ...till, name: 'till-9' });
    expect(registry.revoke('till-9')).toBe('revoked');
    expect(door.kioskOf(token)).toBeNull();
  });

  it('gives no name twice', () => {
    pair(offer());
    const four = offer({ ...till, name: 'till-4' });
    expect(registry.offer(till)).toEqual({ kind: 'name_taken' });
    expect(registry.rename('till-3', 'till-4')).toBe('name_taken');
    pair(four);
    expect(registry.rename('till-3', 'till-4')).toBe('name_taken');
    expect(registry.rename('till-3', 'till-3')).toBe('renamed');
    expect(registry.rename('till-5', 'till-6')).toBe('unknown');
  });

  it('takes back a code that waits, and gives the name of a revoked kiosk again', () => {
    const code = offer();
    expect(registry.list().codes).toEqual([{ ...till, leftMs: pairingLimits.codeMsMax }]);
    expect(registry.revoke('till-3')).toBe('code_taken_back');
    expect(door.pair(code)).toMatchObject({ kind: 'wrong_code' });
    expect(registry.revoke('till-3')).toBe('unknown');
    const { token } = pair(offer());
    registry.revoke('till-3');
    expect(pair(offer()).token).not.toBe(token);
    expect(door.kioskOf(token)).toBeNull();
  });

  it('has room for a thousand, and says when it is full', () => {
    const db = new BetterSqlite3(join(folder, 'kiosks.db'));
    const insert = db.prepare('INSERT INTO kiosk VALUES (?, \'["sell"]\', ?, 0)');
    db.transaction(() => {
      for (let n = 1; n < pairingLimits.kiosksMax; n++) insert.run(`kiosk-${n}`, `hash ${n}`);
    })();
    db.close();
    offer();
    // A code in place of an earlier one takes no more room.
    pair(offer());
    expect(registry.offer({ ...till, name: 'till-4' })).toEqual({ kind: 'full' });
  });
});

describe('the file', () => {
  it('holds neither codes nor tokens, and is its owner’s alone', () => {
    const code = offer();
    const waiting = files();
    const { token } = pair(code);
    for (const text of [...waiting, ...files()]) {
      for (const secret of [code, code.replace('-', ''), token, token.slice(5)])
        expect(text).not.toContain(secret);
    }
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
  });

  it('is made once when several processes begin at the same moment', async () => {
    const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'door.ts')).href);
    const fresh = mkdtempSync(join(folder, 'fresh-'));
    const opener = `
      const { openKioskDoor } = await import(${module});
      const { manualClock } = await import(${module.replace('daemon/store/kiosks/door', 'kit/clock')});
      process.stdout.write('ready');
      process.stdin.once('data', () => {
        openKioskDoor(${JSON.stringify(fresh)}, manualClock()).close();
        process.exit(0);
      });`;
    const openers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', opener]),
    );
    await Promise.all(openers.map(({ stdout }) => once(stdout, 'data')));
    const ended = openers.map((child) => once(child, 'close'));
    for (const { stdin } of openers) stdin.write('go');
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0, 0, 0]);
  });

  it('of a newer release is refused and left as it is', () => {
    const db = new BetterSqlite3(join(folder, 'kiosks.db'));
    db.pragma('user_version = 99');
    expect(() => openKioskDoor(folder, clock)).toThrow('schema 99');
    expect(db.pragma('user_version', { simple: true })).toBe(99);
    db.close();
  });

  it('that is damaged is refused with what to do', () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, 'kiosks.db'), 'this is no database, and long enough to be seen as none');
    expect(() => openKioskRegistry(broken, clock)).toThrow(
      expect.objectContaining({ code: 'kiosks_unreadable', hint: expect.stringContaining('aside') }),
    );
    expect(readdirSync(broken)).toEqual(['kiosks.db']);
  });

  it('that is damaged is set aside by the daemon, which says so until the file is taken away', () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    const registry = openKioskRegistry(broken, clock);
    registry.offer({ name: 'till-1', scopes: ['sell'] });
    registry.close();
    expect(setAsideDamaged(broken, 5)).toBeNull();
    const path = join(broken, 'kiosks.db');
    const bytes = readFileSync(path);
    // The pages behind the first, which holds the schema.
    writeFileSync(path, bytes.fill(7, 4096));
    const aside = setAsideDamaged(broken, 5);
    expect(aside).toBe(`${path}.damaged-5`);
    expect(readFileSync(aside ?? '')).toEqual(bytes);
    const door = openKioskDoor(broken, clock);
    expect(door.condition()).toMatchObject({
      code: 'kiosks_set_aside',
      hint: expect.stringContaining('damaged-5'),
    });
    rmSync(aside ?? '');
    expect(door.condition()).toBeNull();
    door.close();
  });

  it('that is wrong in another way stays where it is', () => {
    const other = mkdtempSync(join(folder, 'other-'));
    mkdirSync(join(other, 'kiosks.db'));
    expect(setAsideDamaged(other, 5)).toBeNull();
    expect(readdirSync(other)).toEqual(['kiosks.db']);
  });

  const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
});
