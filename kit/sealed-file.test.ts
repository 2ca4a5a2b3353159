// What is sealed, and what opens it.
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './sealed-file.ts';

const secret = Buffer.from('the code is 7Q3M-0K9D-XW2H-51TA');
const sealed = await seal(secret, 'right');
const changed = (at: number) => {
  const copy = Buffer.from(sealed);
  copy[at] = (copy.at(at) ?? 0) ^ 1;
  return copy;
};

describe('a sealed file', () => {
  it('opens by its passphrase', async () => {
    expect(await unseal(sealed, 'right')).toEqual({ kind: 'opened', bytes: secret });
  });

  it('shows nothing of what it holds, and is another each time', async () => {
    expect(sealed.includes('7Q3M')).toBe(false);
    expect((await seal(secret, 'right')).equals(sealed)).toBe(false);
  });

  it.each<[string, Buffer, string, string]>([
    ['by another passphrase', sealed, 'wrong', 'refused'],
    ['when a byte of it was changed', changed(sealed.length - 20), 'right', 'refused'],
    ['when its end was changed', changed(sealed.length - 1), 'right', 'refused'],
    [
      'when a cheaper cost was written into it',
      Buffer.from(sealed.toString('latin1').replace('65536', '32768'), 'latin1'),
      'right',
      'refused',
    ],
    [
      'when a cost was written into it that eats the memory',
      Buffer.from(sealed.toString('latin1').replace('65536', '999999999'), 'latin1'),
      'right',
      'not_sealed',
    ],
    ['when its end is missing', sealed.subarray(0, sealed.length - 9), 'right', 'refused'],
    ['when little of it is there', sealed.subarray(0, 40), 'right', 'not_sealed'],
    ['when it is empty', Buffer.alloc(0), 'right', 'not_sealed'],
    ['when it is something else', Buffer.from('{"v":1}\n'), 'right', 'not_sealed'],
    [
      'when a later release made it',
      Buffer.from(sealed.toString('latin1').replace('"v":1', '"v":2'), 'latin1'),
      'right',
      'newer',
    ],
  ])('does not open %s', async (_, file, passphrase, kind) => {
    expect(await unseal(file, passphrase)).toEqual({ kind });
  });
});
