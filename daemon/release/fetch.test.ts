// What a box takes from central: nothing that the release key did not sign whole, for this processor, under this name.
import { generateKeyPairSync, hash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMinisignKey } from '../../kit/minisign.ts';
import { publicKeyFile, signatureFile } from '../../provisioning/package/minisign.ts';
import { type Architecture, executableName } from '../../provisioning/release-list.ts';
import { fetchRelease, type ReleaseSource } from './fetch.ts';

const own: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
const other: Architecture = own === 'x64' ? 'arm64' : 'x64';
const pieceBytes = 50_000;
const program = readFileSync(realpathSync('/bin/sh'));
const { privateKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
const keyOf = (key: typeof privateKey) => {
  const read = readMinisignKey(publicKeyFile(key));
  if (!read) throw new Error('no key');
  return read;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-fetch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Offered {
  bytes?: Buffer;
  signedBy?: typeof privateKey;
  name?: string;
  file?: string;
  /** What is served in place of what was signed. */
  served?: Buffer;
  /** The link breaks before this piece. */
  breaksAt?: number;
}

function offer(offered: Offered = {}): ReleaseSource & { pieces: number[] } {
  const {
    bytes = program,
    signedBy = privateKey,
    name = '0.2.0',
    file = executableName(own),
    served = bytes,
  } = offered;
  const sums = `${hash('sha256', bytes)}  ${file}\n`;
  const signature = signatureFile(signedBy, Buffer.from(sums), `holdfast ${name}, commit 0123`);
  const pieces: number[] = [];
  return {
    pieces,
    text: async (path) => (path.endsWith('.minisig') ? signature : sums),
    async piece(_, fromByte) {
      if (pieces.length === offered.breaksAt) throw new Error('the link broke');
      pieces.push(fromByte);
      return { bytes: served.subarray(fromByte, fromByte + pieceBytes), totalBytes: served.length };
    },
  };
}

const take = (source: ReleaseSource, change: { keys?: ReturnType<typeof keyOf>[]; bytesMax?: number } = {}) =>
  fetchRelease({
    ...{ release: '0.2.0', architecture: own, keys: [keyOf(privateKey)], bytesMax: 1e9, folder, source },
    ...change,
  });

describe('a box that fetches a release', () => {
  it('takes what was signed, whole, and lets nobody but itself run it', async () => {
    const fetched = await take(offer());
    if (fetched.kind !== 'whole') throw new Error(fetched.reason);
    expect(readFileSync(fetched.path).equals(program)).toBe(true);
    expect(statSync(fetched.path).mode & 0o777).toBe(0o700);
    expect(fetched.file).toEqual({
      release: '0.2.0',
      sha256: hash('sha256', program),
      bytes: program.length,
    });
  });

  it('goes on after what it has when the link broke or the power went', async () => {
    await expect(take(offer({ breaksAt: 2 }))).rejects.toThrow('the link broke');
    const again = offer();
    expect((await take(again)).kind).toBe('whole');
    expect(again.pieces).toEqual([2 * pieceBytes]);
  });

  it('believes a second key while one takes over from the other', async () => {
    const keys = [keyOf(privateKey), keyOf(stranger)];
    expect((await take(offer({ signedBy: stranger }), { keys })).kind).toBe('whole');
  });

  const changed = Buffer.from(program);
  changed[70_000] = (changed[70_000] ?? 0) ^ 1;
  const script = Buffer.from('#!/bin/sh\nrm -rf /\n');
  const forOther = Buffer.from(program);
  forOther.writeUInt16LE(other === 'arm64' ? 183 : 62, 18);

  it.each<[string, Offered, string]>([
    ['by another key', { signedBy: stranger }, 'signature_wrong'],
    ['under another name', { name: '0.1.0' }, 'release_misnamed'],
    ['for another processor alone', { file: executableName(other) }, 'release_of_another_architecture'],
  ])('refuses one that was signed %s, before it fetches a byte', async (_, offered, reason) => {
    const source = offer(offered);
    expect(await take(source)).toEqual({ kind: 'refused', reason });
    expect(source.pieces).toEqual([]);
  });

  it.each<[string, Offered, string]>([
    ['was changed on the way', { served: changed }, 'file_differs'],
    ['was cut', { served: program.subarray(0, 60_000) }, 'file_differs'],
    ['is no program', { bytes: script }, 'release_of_another_architecture'],
    ['is for another processor, whatever its name', { bytes: forOther }, 'release_of_another_architecture'],
  ])('refuses one that %s, and keeps nothing of it', async (_, offered, reason) => {
    expect(await take(offer(offered))).toEqual({ kind: 'refused', reason });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses one that is larger than it may be, before it is stored', async () => {
    expect(await take(offer(), { bytesMax: 1000 })).toEqual({ kind: 'refused', reason: 'too_large' });
    expect(existsSync(join(folder, hash('sha256', program)))).toBe(false);
  });

  it('keeps one at a time: what was begun of another goes', async () => {
    await expect(take(offer({ bytes: changed, breaksAt: 1 }))).rejects.toThrow();
    await take(offer());
    expect(readdirSync(folder)).toEqual([hash('sha256', program)]);
  });
});
