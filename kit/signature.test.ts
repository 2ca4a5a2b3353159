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

it('holds with P-256 whatever its two numbers begin with', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const begins = new Set<string>();
  // One number in 256 begins with a zero byte, which DER leaves out; each second one with a bit that DER would take for a sign.
  for (let n = 0; n < 5000 && begins.size < 4; n++) {
    const bytes = Buffer.from(`text ${n}`);
    const signature = sign(privateKey, bytes);
    for (const [first = 0, second = 0] of [signature, signature.subarray(32)]) {
      const then = second >= 0x80 ? 'high' : 'low';
      begins.add(first === 0 ? `zero, then ${then}` : first >= 0x80 ? 'high' : 'low');
    }
    expect(verify([publicKey], bytes, signature)).toBe(true);
    const swapped = Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]);
    expect(verify([publicKey], bytes, swapped)).toBe(false);
  }
  expect([...begins].sort()).toEqual(['high', 'low', 'zero, then high', 'zero, then low']);
});
