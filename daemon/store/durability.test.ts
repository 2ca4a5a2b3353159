// I1 seen from the kernel: every commit reaches the disk before it is answered. Needs strace, which may be missing or
// not allowed to trace; the store's own assertion, tested in store.test.ts, holds everywhere.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const mayTrace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']).status === 0;
const commits = 40;

/** Sells one by one in a process of its own; `before` runs with the connection that the store uses. */
const program = (folder: string, before: string) => `
  import BetterSqlite3 from 'better-sqlite3';
  import { manualClock } from '${join(import.meta.dirname, '../../kit/clock.ts')}';
  import { openStore } from '${join(import.meta.dirname, 'store.ts')}';
  import { feedId, firstFeed, pennies, plentyOfSpace, submit } from '${join(import.meta.dirname, 'temporary-store.ts')}';
  const connections = [];
  const { pragma } = BetterSqlite3.prototype;
  BetterSqlite3.prototype.pragma = function (...args) { connections.push(this); return pragma.apply(this, args); };
  const store = openStore({ folder: '${folder}', space: plentyOfSpace, clock: manualClock() });
  store.execute([{ kind: 'feed', feedId, firstPosition: 1, items: firstFeed }]);
  const db = connections[0];
  ${before}
  for (let n = 1; n <= ${commits}; n++) store.execute([submit.checkout(n, pennies(1))]);
`;

/** How often the journal was synced. */
function syncs(before = ''): number {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-syncs-'));
  const trace = join(folder, 'trace');
  const tracing = ['-f', '-y', '-o', trace, '-e', 'trace=fsync,fdatasync', process.execPath];
  const node = ['--input-type=module-typescript', '-e', program(folder, before)];
  const { status, stderr } = spawnSync('strace', [...tracing, ...node], { cwd: import.meta.dirname });
  const calls = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => /f(data)?sync\(.*journal\.db/.test(line));
  rmSync(folder, { recursive: true });
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
  return calls.length;
}

describe.skipIf(!mayTrace)('the kernel, traced (skipped where strace is missing or may not trace)', () => {
  it('syncs the journal at least once for each commit', () => {
    expect(syncs()).toBeGreaterThanOrEqual(commits);
  });

  it('would be seen not to, were the setting NORMAL: this test can fail', () => {
    expect(syncs(`pragma.call(db, 'synchronous = NORMAL');`)).toBeLessThan(commits / 2);
  });
});
