// An exchange of identities that is interrupted between any two moves, and by two programs at once.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { type ApplianceIdentity, loadApplianceIdentity } from '../../provisioning/identity.ts';
import {
  type IdentityParts,
  placeIdentity,
  readIdentity,
  readPreviousIdentity,
  repairIdentity,
  repairOf,
} from './identity-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-identity-'));
const identity = join(folder, 'identity');
const made: { identity: ApplianceIdentity; parts: IdentityParts }[] = [];

beforeAll(async () => {
  const authorityFolder = join(folder, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
  for (const name of ['first', 'second', 'third']) {
    const out = join(folder, name);
    await applianceCreate({ authorityFolder, applianceId: 'shop-1', out, nowMs });
    const one = loadApplianceIdentity(out);
    const centralSigningPem = one.centralSigningKeys
      .map((key) => key.export({ format: 'pem', type: 'spki' }))
      .join('');
    made.push({ identity: one, parts: { ...one, centralSigningPem } });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(folder).filter((each) => each.startsWith('identity'))) {
    rmSync(join(folder, name), { recursive: true });
  }
});

const parts = (index: number) => made[index]?.parts ?? expect.fail('not made');
const keyNow = () => readIdentity(identity).keyPem;

describe('what is missing of an exchange', () => {
  it.each<[boolean, boolean, boolean, ReturnType<typeof repairOf>]>([
    [false, false, false, 'nothing'],
    [true, false, false, 'nothing'],
    [true, false, true, 'nothing'],
    [true, true, false, 'promote'],
    [true, true, true, 'promote'],
    [false, true, true, 'promote'],
    [false, true, false, 'promote'],
    [false, false, true, 'restore'],
  ])('present %s, candidate %s, previous %s: %s', (present, candidate, previous, expected) => {
    expect(repairOf({ present, candidate, previous })).toBe(expected);
  });
});

describe('an identity', () => {
  it('is placed where there was none, its key for its owner’s eyes', () => {
    placeIdentity(identity, parts(0), null);
    expect(keyNow()).toBe(parts(0).keyPem);
    expect(statSync(join(identity, 'appliance.key')).mode & 0o777).toBe(0o600);
    expect(readPreviousIdentity(identity, 'shop-1')).toBeNull();
  });

  it('takes the place of another, which stands by, and of the one before that nothing is left', () => {
    for (const index of [0, 1, 2]) placeIdentity(identity, parts(index), null);
    expect(keyNow()).toBe(parts(2).keyPem);
    expect(readPreviousIdentity(identity, 'shop-1')?.keyPem).toBe(parts(1).keyPem);
    expect(readPreviousIdentity(identity, 'shop-2')).toBeNull();
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('identity'))
        .sort(),
    ).toEqual(['identity', 'identity.previous']);
  });

  it('that is placed again is placed once: the one before stays', () => {
    placeIdentity(identity, parts(0), null);
    placeIdentity(identity, parts(1), null);
    placeIdentity(identity, parts(1), null);
    expect(readPreviousIdentity(identity, 'shop-1')?.keyPem).toBe(parts(0).keyPem);
  });

  it.each([
    ['before the first move', () => {}],
    [
      'after the previous one was removed',
      () => rmSync(`${identity}.previous`, { recursive: true, force: true }),
    ],
    [
      'between the two moves',
      () => {
        rmSync(`${identity}.previous`, { recursive: true, force: true });
        renameSync(identity, `${identity}.previous`);
      },
    ],
  ])('whose exchange was interrupted %s is the new one for whoever reads next', (_, interrupted) => {
    placeIdentity(identity, parts(0), null);
    placeIdentity(identity, parts(1), null);
    // The third was written whole and accepted; then the power went.
    placeIdentity(join(folder, 'identity-beside'), parts(2), null);
    renameSync(join(folder, 'identity-beside'), `${identity}.candidate`);
    interrupted();
    expect(keyNow()).toBe(parts(2).keyPem);
    expect(readPreviousIdentity(identity, 'shop-1')?.keyPem).toBe(parts(1).keyPem);
    expect(existsSync(`${identity}.candidate`)).toBe(false);
    repairIdentity(identity);
    expect(keyNow()).toBe(parts(2).keyPem);
  });

  it('of which only the previous is left is that one again', () => {
    placeIdentity(identity, parts(0), null);
    renameSync(identity, `${identity}.previous`);
    expect(keyNow()).toBe(parts(0).keyPem);
  });
});
