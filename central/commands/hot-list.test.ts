// `hot-list …` as operators run it, each command a process.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';

let desk: Desk;
beforeAll(() => {
  desk = openDesk();
});
afterAll(() => desk.remove());

describe('hot-list', () => {
  it('is not called empty where there is no database', async () => {
    expect(await desk.run('hot-list', 'list')).toMatchObject(refusal(1, 'database_missing', 'dataFolder'));
  });

  it('takes cards on and off, says which changed, and pages through them', async () => {
    desk.inStore(() => {});
    expect((await desk.run('hot-list', 'list')).stdout).toBe('no card is on the hot list\n');
    expect(await desk.run('hot-list', 'add', 'fp_7Kq2', 'fp_b')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'fp_7Kq2 is on the hot list of every site\nfp_b is on the hot list of every site\n',
    });
    expect(await desk.json('hot-list', 'add', 'fp_7Kq2', 'fp_c')).toEqual({
      changed: ['fp_c'],
      unchanged: ['fp_7Kq2'],
    });
    const first = await desk.run('hot-list', 'list', '--limit', '2');
    expect(first.stdout).toMatch(
      /^fp_7Kq2 {2}since \d{4}-\S+Z\nfp_b {2}since \S+\nthere are more; go on with --after fp_b\n$/,
    );
    expect(await desk.json('hot-list', 'list', '--after', 'fp_b')).toMatchObject({
      items: [{ fingerprint: 'fp_c' }],
      next: null,
    });
    expect((await desk.run('hot-list', 'remove', 'fp_b', 'fp_x')).stdout).toBe(
      'fp_b is taken again at every site\nfp_x was not on the hot list\n',
    );
  });

  it('stores no card number, nor repeats it (I11), and says what is meant instead', async () => {
    const number = '4111 1111 1111 1111';
    const refused = await desk.run('hot-list', 'add', 'fp_good', number);
    expect(refused).toMatchObject(refusal(2, 'fingerprint_malformed', 'fingerprint of the processor'));
    expect(refused.stderr).not.toContain('1111');
    expect(desk.inStore((store) => store.hotList({ after: 'fp_d', limit: 9 }).items)).toEqual([]);
    expect(await desk.run('hot-list', 'add', 'x'.repeat(65))).toMatchObject(refusal(2, '1 to 64 characters'));
    expect(await desk.run('hot-list', 'add')).toMatchObject(refusal(2, 'fingerprint'));
    expect(await desk.run('hot-list', 'list', '--limit', '0')).toMatchObject(refusal(2, '--limit'));
  });
});
