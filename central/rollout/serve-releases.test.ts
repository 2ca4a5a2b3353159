// Releases as boxes fetch them: in bounded pieces, by ranges, within what central can spare.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { serveReleases } from './serve-releases.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-served-'));
const sha256 = 'a'.repeat(64);
const program = Buffer.alloc(3_000_000, 'holdfast');
writeFileSync(join(folder, sha256), program);
afterAll(() => rmSync(folder, { recursive: true }));

function serve(bytesPerSecondMax = 1e9) {
  const clock = manualClock();
  const release = {
    name: '0.2.0',
    addedMs: 0,
    files: [{ architecture: 'x64' as const, sha256, bytes: program.length }],
  };
  const served = serveReleases({
    store: {
      release: async (name) => (name === '0.2.0' ? { ...release, sums: 'sums', signature: 'signed' } : null),
    },
    ...{ folder, bytesPerSecondMax, clock, random: () => 0.5 },
  });
  return { clock, ...served };
}

describe('a release', () => {
  it('is given in pieces of a mebibyte, wherever the range begins', async () => {
    const { answer } = serve();
    const first = await answer('0.2.0/x64', undefined);
    expect(first).toMatchObject({ kind: 'piece', fromByte: 0, totalBytes: program.length });
    const last = await answer('0.2.0/x64', 'bytes=2999990-9999999');
    if (first.kind !== 'piece' || last.kind !== 'piece') throw new Error('no piece');
    expect(first.bytes).toHaveLength(1024 * 1024);
    expect(last.bytes.equals(program.subarray(2_999_990))).toBe(true);
  });

  it.each(['bytes=3000000-', 'bytes=9-1', 'bytes=-5', 'bytes=0-1,4-5', 'lines=1-2'])(
    'is not given by a range that names nothing in it: %s',
    async (range) => {
      expect(await serve().answer('0.2.0/x64', range)).toEqual({
        kind: 'range_wrong',
        totalBytes: program.length,
      });
    },
  );

  it('comes with its list and its signature as they were signed', async () => {
    const { answer } = serve();
    expect(await answer('0.2.0/SHA256SUMS', undefined)).toEqual({ kind: 'text', text: 'sums' });
    expect(await answer('0.2.0/SHA256SUMS.minisig', undefined)).toEqual({ kind: 'text', text: 'signed' });
  });

  it.each(['0.2.0/arm64', '0.9.0/x64', '0.2.0', '', '../central.db', '0.2.0/x64/..', `0.2.0/${sha256}`])(
    'is the only thing there is: nothing at %j',
    async (path) => {
      expect(await serve().answer(path, undefined)).toEqual({ kind: 'missing' });
    },
  );

  it('is kept back from those who come when the second is spent, and they are told when to come again', async () => {
    const { answer, clock } = serve(2_000_000);
    const kinds = async () => (await answer('0.2.0/x64', undefined)).kind;
    expect([await kinds(), await kinds(), await kinds()]).toEqual(['piece', 'piece', 'busy']);
    expect(await answer('0.2.0/x64', undefined)).toEqual({ kind: 'busy', waitMs: 32_500 });
    clock.advance(600);
    expect(await kinds()).toBe('piece');
  });
});
