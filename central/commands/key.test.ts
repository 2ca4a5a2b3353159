// `key` and `audit` as an operator runs them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { hashApiKey } from '../people/keys.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

const admitted = (secret: string, from = '127.0.0.1') =>
  desk.inStore((store) => store.admitKey({ hash: hashApiKey(secret), from, nowMs: Date.now() })).kind;

describe('key', () => {
  it('makes, rotates, lists and revokes a key', async () => {
    const { secret } = await desk.json('key', 'create', 'month-end', '--role', 'finance', '--expires', '90d');
    expect(secret).toMatch(/^hf_op_[\w-]{43}$/);
    expect(admitted(secret)).toBe('admitted');

    const rotated = await desk.json('key', 'rotate', 'month-end', '--old-until', '2h');
    expect([admitted(secret), admitted(rotated.secret)]).toEqual(['admitted', 'admitted']);

    const listed = await desk.run('key', 'list');
    expect(listed.stdout).toMatch(
      /^month-end {2}finance {2}until .* last used \d{4}-.* an old secret until /,
    );
    expect(listed.stdout).not.toContain(secret);

    const gone = await desk.run('key', 'revoke', 'month-end', '--reason', 'its laptop was lost');
    expect(gone).toEqual({ code: 0, stdout: 'month-end is revoked\n', stderr: '' });
    expect([admitted(secret), admitted(rotated.secret)]).toEqual(['revoked', 'revoked']);

    const { items } = await desk.json('audit', 'list', '--about', 'key month-end');
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'key.revoke',
      'key.rotate',
      'key.create',
    ]);
    expect(items[0].detail).toEqual({ role: 'finance', reason: 'its laptop was lost' });
  });

  it('makes a narrow key for one place', async () => {
    const args = [
      '--role',
      'viewer',
      '--scope',
      'fleet.read',
      'ledger.read',
      '--from',
      '10.20.0.0/16',
      '::1',
    ];
    const { key, secret } = await desk.json('key', 'create', 'screens', ...args);
    expect(key).toMatchObject({ scopes: ['fleet.read', 'ledger.read'], addresses: ['10.20.0.0/16', '::1'] });
    expect([admitted(secret), admitted(secret, '10.20.9.9')]).toEqual(['address_not_allowed', 'admitted']);
  });

  it('names what is wrong, and makes nothing then', async () => {
    await desk.json('key', 'create', 'a', '--role', 'viewer');
    const wrong: [string[], ReturnType<typeof refusal>][] = [
      [['create', 'a', '--role', 'admin'], refusal(1, 'key_name_taken')],
      [['create', 'B', '--role', 'admin'], refusal(2, 'argument_malformed', "'B'")],
      [['create', 'b', '--role', 'king'], refusal(2, '--role', 'viewer')],
      [['create', 'b', '--role', 'viewer', '--scope', 'key.manage'], refusal(2, 'key.manage')],
      [['create', 'b', '--role', 'viewer', '--from', 'home.example'], refusal(2, 'home.example', '--from')],
      [
        ['create', 'b', '--role', 'viewer', '--expires', '2020-01-01'],
        refusal(2, 'over already', '--expires'),
      ],
      [['rotate', 'b'], refusal(1, 'key_unknown')],
      [['revoke', 'a'], refusal(2, '--reason')],
      [['revoke', 'a', '--reason', ''], refusal(2, '--reason')],
    ];
    for (const [args, answer] of wrong)
      expect(await desk.run('key', ...args), args.join(' ')).toEqual(answer);
    const { items } = await desk.json('key', 'list');
    expect(items).toHaveLength(1);
  });
});

describe('audit verify', () => {
  it('says that the log is whole, and holds it against what was noted', async () => {
    await desk.json('key', 'create', 'a', '--role', 'viewer');
    const { stdout } = await desk.run('audit', 'verify');
    const noted = /note this: (1:[0-9a-f]{64})/.exec(stdout)?.[1] ?? '';
    await desk.json('key', 'create', 'b', '--role', 'viewer');
    expect(await desk.json('audit', 'verify', '--noted', noted)).toMatchObject({ kind: 'whole', records: 2 });
    const wrong = await desk.run('audit', 'verify', '--noted', `1:${'0'.repeat(64)}`);
    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('audit_broken at record 1') });
    expect(await desk.run('audit', 'verify', '--noted', 'x')).toEqual(refusal(2, 'argument_malformed'));
  });
});
