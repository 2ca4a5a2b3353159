import { describe, expect, it } from 'vitest';
import { hashSecret, newCode, newToken, readCode } from './secrets.ts';

describe('a code', () => {
  it('is eight signs that nobody misreads, and each another', () => {
    const codes = Array.from({ length: 500 }, newCode);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(500);
    // 500 codes leave out one of 32 signs about once in 10^55 runs.
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
  });

  it.each(['K0Q1-2XVN', 'k0q1-2xvn', ' k0q1 2xvn\n', 'KOQI2XVN', 'koql-2xvn', '-K-0-Q-1-2-X-V-N-'])(
    'typed as %j is read as it was meant',
    (typed) => {
      expect(readCode(typed)).toBe('K0Q12XVN');
    },
  );

  it.each(['', '-', 'K0Q1-2XV', 'K0Q1-2XVNN', 'K0Q1-2XVU', 'K0Q1–2XVN', 'Ｋ0Q12XVN', '👾👾', '0'.repeat(64)])(
    'cannot be %j',
    (typed) => {
      expect(readCode(typed)).toBeNull();
    },
  );
});

describe('a token', () => {
  it('has 256 random bits, and its hash says nothing of it', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) {
      expect(token).toMatch(/^hf_k_[\w-]{43}$/);
      expect(hashSecret(token)).toMatch(/^[\w-]{43}$/);
      expect(token).not.toContain(hashSecret(token));
    }
  });
});
