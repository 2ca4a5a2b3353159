import { describe, expect, it } from 'vitest';
import { beyondMaker, hashApiKey, judgeKey, KeyName, keyMay, newApiKey, scopesBeyond } from './keys.ts';

const nowMs = 1_795_000_000_000;
const key = {
  name: 'k',
  owner: null,
  role: 'finance' as const,
  scopes: null,
  addresses: null,
  expiresMs: null,
  revokedMs: null,
};
const from = '192.0.2.7';

describe('a request with a known secret', () => {
  it.each([
    ['passes', key, null, 'admitted'],
    ['passes until its key expires', { ...key, expiresMs: nowMs + 1 }, null, 'admitted'],
    ['is expired at that moment', { ...key, expiresMs: nowMs }, null, 'expired'],
    ['passes with the old secret of a rotation', key, nowMs + 1, 'admitted'],
    ['is expired when the overlap is over', key, nowMs, 'expired'],
    ['passes from an address it is made for', { ...key, addresses: ['192.0.2.0/24'] }, null, 'admitted'],
    ['is refused from another', { ...key, addresses: ['10.0.0.0/8', '::1'] }, null, 'address_not_allowed'],
    [
      'is revoked before anything else',
      { ...key, revokedMs: 1, expiresMs: 1, addresses: [] },
      null,
      'revoked',
    ],
  ])('%s', (_, one, untilMs, kind) => {
    expect(judgeKey(one, untilMs, { from, nowMs }).kind).toBe(kind);
  });
});

describe('what a key may do', () => {
  it('is what its role may', () => {
    expect(keyMay(key, 'exception.settle')).toBe(true);
    expect(keyMay(key, 'key.manage')).toBe(false);
  });

  it('is narrowed by scopes and never widened by them', () => {
    expect(keyMay({ role: 'finance', scopes: ['ledger.read'] }, 'exception.settle')).toBe(false);
    expect(keyMay({ role: 'viewer', scopes: ['key.manage'] }, 'key.manage')).toBe(false);
    expect(scopesBeyond('viewer', ['ledger.read', 'key.manage'])).toEqual(['key.manage']);
  });

  it('cannot be given away by one that may not do it', () => {
    const admin = { role: 'admin' as const, scopes: null };
    const narrow = { role: 'admin' as const, scopes: ['key.manage' as const, 'ledger.read' as const] };
    expect(beyondMaker(admin, admin)).toEqual([]);
    expect(beyondMaker(narrow, { role: 'viewer', scopes: ['ledger.read'] })).toEqual([]);
    expect(beyondMaker(narrow, admin)).toContain('webhook.manage');
  });
});

describe('a secret', () => {
  it('is new every time, and its hash is not it', () => {
    const [one, another] = [newApiKey(), newApiKey()];
    expect(one).not.toBe(another);
    expect(hashApiKey(one)).toHaveLength(32);
    expect(hashApiKey(one).toString('base64url')).not.toContain(one.slice(6));
  });

  it.each(['', 'A', '-a', 'a b', 'a'.repeat(64)])('belongs to no key named %j', (name) => {
    expect(KeyName.safeParse(name).success).toBe(false);
  });
});
