// A slip is taken as people type and paste it, and what is wrong with it is named without showing the code.
import { describe, expect, it } from 'vitest';
import { parseSlip } from './slip.ts';

const good = {
  v: 1,
  est: 'https://central.example:8884',
  appliance: 'leeds-1',
  code: 'K7QM-2XVN-0001-ABCD',
  root: `sha256:${'0a'.repeat(32)}`,
};
const parse = (changes: object) => parseSlip(JSON.stringify({ ...good, ...changes }));

describe('a slip', () => {
  it('is what central prints', () => {
    expect(parse({})).toEqual({ ...good, code: 'K7QM2XVN0001ABCD', root: '0a'.repeat(32) });
  });

  it('is taken out of what `enrolment create --json` prints', () => {
    expect(parseSlip(JSON.stringify({ enrolment: { site: 'leeds' }, slip: good }))).toMatchObject({
      appliance: 'leeds-1',
    });
  });

  it.each([
    ['small letters, blanks and no hyphens', { code: ' k7qm 2xvn0001abcd ' }],
    ['O for 0 and I or L for 1', { code: 'K7QM-2XVN-OoOI-ABCD' }],
    ['colons in the fingerprint', { root: '0A:'.repeat(31).concat('0A') }],
    ['a slash behind the link', { est: 'https://central.example:8884/' }],
    ['parts of a later release', { site: 'leeds' }],
  ])('may have %s', (_, changes) => {
    expect(parse(changes)).toMatchObject({
      est: good.est,
      code: expect.stringMatching(/^K7QM2XVN000[1]ABCD$/),
      root: '0a'.repeat(32),
    });
  });

  it.each([
    ['another version', { v: 2 }, /^v: this release/],
    ['no TLS', { est: 'http://central.example:8884' }, /^est: use https/],
    ['a path', { est: 'https://central.example/x' }, /^est: /],
    ['a user in the link', { est: 'https://a@central.example' }, /^est: /],
    ['a code too short', { code: 'K7QM-2XVN' }, /^code: use the 16/],
    ['a U in the code', { code: 'K7QM-2XVN-0001-ABCU' }, /^code: /],
    ['half a fingerprint', { root: 'sha256:0a0a' }, /^root: /],
    ['no name', { appliance: undefined }, /^appliance: /],
  ])('is refused with %s, named', (_, changes, message) => {
    expect(() => parse(changes)).toThrow(
      expect.objectContaining({ code: 'slip_malformed', message: expect.stringMatching(message) }),
    );
  });

  it('that is half pasted is refused without being shown', () => {
    const half = JSON.stringify(good).slice(0, -10);
    expect(() => parseSlip(half)).toThrow(
      expect.objectContaining({ code: 'slip_malformed', message: expect.not.stringContaining('K7QM') }),
    );
  });
});
