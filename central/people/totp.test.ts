import { describe, expect, it } from 'vitest';
import { base32, totpCode, totpStep, totpUri } from './totp.ts';

/** RFC 6238, appendix B. */
const secret = Buffer.from('12345678901234567890');
const step = (seconds: number) => Math.floor(seconds / 30);

describe('a code of an authenticator app', () => {
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('is at %i s what RFC 6238 says', (seconds, code) => {
    expect(totpCode(secret, step(seconds), 8)).toBe(code);
  });

  const at = 1_111_111_109;
  const now = step(at);
  it.each([
    [0, now],
    [-30, now - 1],
    [30, now + 1],
    [60, null],
    [-60, null],
  ])('counts when the phone is %i s aside: %s', (aside, found) => {
    expect(totpStep(secret, totpCode(secret, step(at + aside)), at * 1000, 0)).toBe(found);
  });

  it('counts once, and none before it', () => {
    expect(totpStep(secret, totpCode(secret, now), at * 1000, now)).toBeNull();
    expect(totpStep(secret, totpCode(secret, now - 1), at * 1000, now)).toBeNull();
    expect(totpStep(secret, totpCode(secret, now + 1), at * 1000, now)).toBe(now + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef', '０１２３４５'])('is not %j', (text) => {
    expect(totpStep(secret, text, at * 1000, 0)).toBeNull();
  });

  it('is set up by an address that apps know', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(totpUri(Buffer.from('foobar'), 'ann.b')).toBe(
      'otpauth://totp/Holdfast:ann.b?secret=MZXW6YTBOI&issuer=Holdfast',
    );
  });
});
