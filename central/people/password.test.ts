import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword, NewPassword, nobodysPassword } from './password.ts';

describe('a password', () => {
  it('is known by its hash, in either form its letters are typed in, and no other is', async () => {
    const hash = await hashPassword('caf\u00e9 before seven');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword(hash, 'cafe\u0301 before seven')).toBe(true);
    expect(await isPassword(hash, 'cafe before seven')).toBe(false);
  });

  it('has another hash each time', async () => {
    expect(await hashPassword('tea before seven')).not.toBe(await hashPassword('tea before seven'));
  });

  it('is nobody’s by a hash of another kind, of nobody, or none', async () => {
    const made = await hashPassword('x');
    expect(await isPassword(made.replace('argon2id', 'argon2i'), 'x')).toBe(false);
    expect(await isPassword(nobodysPassword, '')).toBe(false);
    expect(await isPassword('', '')).toBe(false);
  });

  it.each([
    ['eleven char', false],
    ['twelve chars', true],
    ['aaaaaaaaaaaaaaaa', false],
    ['correct horse battery', true],
    ['ä'.repeat(201), false],
  ])('%s may be chosen: %s', (text, may) => {
    expect(NewPassword.safeParse(text).success).toBe(may);
  });
});
