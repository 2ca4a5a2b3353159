// Signatures as minisign itself checks them, where it is installed, and by the format's own words where it is not.

import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, hash, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { publicKeyFile, readSigningKey, signatureFile } from './minisign.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-minisign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pem = (type: 'ed25519' | 'ed448') =>
  String(generateKeyPairSync(type as 'ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const key = readSigningKey(pem('ed25519'));
const content = Buffer.from('sums of files\n');
const signature = signatureFile(key, content, 'holdfast 1.2.3');
const bytesOf = (file: string, line: number) => Buffer.from(file.split('\n')[line] ?? '', 'base64');
const hasMinisign = spawnSync('minisign', ['-v']).status === 0;

describe('a signature in the format of minisign', () => {
  it('holds over the hash of the file and over the comment, by the key it names', () => {
    const named = bytesOf(publicKeyFile(key), 1);
    const signed = bytesOf(signature, 1);
    expect(named.subarray(0, 2).toString()).toBe('Ed');
    expect(signed.subarray(0, 2).toString()).toBe('ED');
    expect(signed.subarray(2, 10)).toEqual(named.subarray(2, 10));
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: named.subarray(10).toString('base64url') },
      format: 'jwk',
    });
    expect(verify(null, hash('blake2b512', content, 'buffer'), publicKey, signed.subarray(10))).toBe(true);
    const whole = Buffer.concat([signed.subarray(10), Buffer.from('holdfast 1.2.3')]);
    expect(verify(null, whole, publicKey, bytesOf(signature, 3))).toBe(true);
  });

  it('is the same for the same key and file', () => {
    expect(signatureFile(key, content, 'holdfast 1.2.3')).toBe(signature);
  });

  it.skipIf(!hasMinisign)('is believed by minisign, and a changed file or comment is not', () => {
    const file = join(folder, 'SHA256SUMS');
    const check = (text: Buffer, signed: string) => {
      writeFileSync(file, text);
      writeFileSync(`${file}.minisig`, signed);
      writeFileSync(join(folder, 'key.pub'), publicKeyFile(key));
      return execFileSync('minisign', ['-V', '-H', '-p', join(folder, 'key.pub'), '-m', file], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    };
    expect(check(content, signature)).toContain('Trusted comment: holdfast 1.2.3');
    expect(() => check(Buffer.from('other sums\n'), signature)).toThrow('verification failed');
    expect(() => check(content, signature.replace('1.2.3', '1.2.4'))).toThrow('verification failed');
  });

  it('is made by an Ed25519 key only', () => {
    for (const other of [pem('ed448'), 'no key']) {
      expect(() => readSigningKey(other)).toThrow(expect.objectContaining({ code: 'key_unusable' }));
    }
  });
});
