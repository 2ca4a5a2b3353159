import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sign, verify } from './signature.ts';

describe.each([
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
])('a signature with %s', (_, generate) => {
  const keys = generate();
  const bytes = Buffer.from('exactly these bytes');
  const signature = sign(keys.privateKey, bytes);

  it('is 64 bytes, and holds for the key and the bytes it was made with', () => {
    expect(signature).toHaveLength(64);
    expect(verify([keys.publicKey], bytes, signature)).toBe(true);
    expect(verify([generate().publicKey, keys.publicKey], bytes, signature)).toBe(true);
  });

  it('holds for nothing else', () => {
    expect(verify([], bytes, signature)).toBe(false);
    expect(verify([generate().publicKey], bytes, signature)).toBe(false);
    expect(verify([keys.publicKey], Buffer.from('exactly those bytes'), signature)).toBe(false);
    for (const other of [
      Buffer.alloc(0),
      Buffer.alloc(64),
      signature.subarray(1),
      Buffer.concat([signature, bytes]),
    ]) {
      expect(verify([keys.publicKey], bytes, other)).toBe(false);
    }
  });
});
