import { describe, expect, it } from 'vitest';
import { type AuthorityFacts, authorityConditions } from './authority-state.ts';

const day = 86_400_000;
const now = 1_795_000_000_000;
const crl = (from: number, to: number) => ({
  issuer: 'AA',
  thisUpdateMs: now + from * day,
  nextUpdateMs: now + to * day,
});
const facts = (more: Partial<AuthorityFacts>): AuthorityFacts => ({
  issuing: { fingerprint: 'AA', notAfterMs: now + 1000 * day },
  serverNotAfterMs: now + 300 * day,
  crls: [],
  ...more,
});

describe('what runs out at the authority', () => {
  const table: [name: string, more: Partial<AuthorityFacts>, codes: string[]][] = [
    ['nothing while all of it has long to live', { crls: [crl(-10, 80)] }, []],
    ['a list of revoked certificates at half of its life', { crls: [crl(-45, 45)] }, ['crl_half_spent']],
    ['one that has run out, which locks everybody out', { crls: [crl(-90, 0)] }, ['crl_expired']],
    [
      'an issuing CA with half a year left',
      { issuing: { fingerprint: 'A', notAfterMs: now + 179 * day } },
      ['issuing_expiring'],
    ],
    [
      'an issuing CA that has run out',
      { issuing: { fingerprint: 'A', notAfterMs: now - 1 } },
      ['issuing_expired'],
    ],
    ['no issuing CA where nobody enrols', { issuing: null }, []],
    [
      "central's own certificate with a month left",
      { serverNotAfterMs: now + 29 * day },
      ['server_certificate_expiring'],
    ],
    [
      "central's own certificate that has run out",
      { serverNotAfterMs: now - 1 },
      ['server_certificate_expired'],
    ],
  ];
  it.each(table)('names %s', (_, more, codes) => {
    expect(authorityConditions(facts(more), now).map(({ code }) => code)).toEqual(codes);
  });
});
