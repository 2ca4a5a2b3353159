// The authority's commands, as operators run them: lists of revoked certificates, and the issuing CA under an offline root.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrlWritten } from '../enrolment/port.ts';
import { openEnrollingDesk } from '../fixtures/enrolling-desk.ts';
import { type Desk, holdfastCentral, refusal } from '../fixtures/program.ts';

let desk: Desk;
let authority: string;

beforeAll(async () => {
  ({ desk, authority } = await openEnrollingDesk());
  const made = ['appliance', 'create', '--authority', authority, '--id', 'box-1', '--site', 'York'];
  await desk.json(...made, '--out', desk.file('box-1'));
  await desk.json('appliance', 'revoke', 'box-1', '--reason', 'stolen');
}, 60_000);
afterAll(() => desk.remove());

describe('authority', () => {
  it('writes a list of revoked certificates that openssl reads, and says when it must be renewed', async () => {
    const out = desk.file('list.crl');
    expect(await desk.json('authority', 'crl', '--out', out)).toMatchObject({ revoked: 1, issuers: 1 });
    const text = execFileSync('openssl', [
      'crl',
      '-in',
      out,
      '-noout',
      '-text',
      '-CAfile',
      join(authority, 'central', 'ca.crt'),
    ]);
    expect(text.toString()).toContain('Key Compromise');
    expect(await desk.run('authority', 'crl', '--check')).toMatchObject({ code: 0 });
    const verified = () =>
      execFileSync(
        'openssl',
        [
          'verify',
          '-crl_check',
          '-CRLfile',
          out,
          '-CAfile',
          join(authority, 'root', 'root.crt'),
          '-untrusted',
          join(authority, 'issuing', 'issuing.crt'),
          join(desk.file('box-1'), 'appliance.crt'),
        ],
        { stdio: 'pipe' },
      );
    expect(verified).toThrow(/certificate revoked/);
    desk.inStore((store) => {
      const [{ issuer, thisUpdateMs }] = store.crls() as [CrlWritten];
      const actor = { kind: 'command', user: 'tester', from: 'bench' } as const;
      store.noteCrl(
        { issuer, thisUpdateMs: thisUpdateMs - 1e9, nextUpdateMs: thisUpdateMs + 9e8 },
        { actor, nowMs: thisUpdateMs },
      );
    });
    expect(await desk.run('authority', 'crl', '--check')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('crl_half_spent'),
    });
  });

  it('changes the issuing CA under the offline root, and goes on where it was interrupted', async () => {
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await holdfastCentral('authority', ...args, '--json');
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    };
    const next = desk.file('next');
    const certificate = desk.file('issuing.crt');
    const requested = await run('issuing-request', '--folder', next);
    const root = join(authority, 'root');
    const signed = await run(
      'issuing-sign',
      '--root',
      root,
      '--request',
      requested.requestPath,
      '--out',
      certificate,
    );
    expect(signed.keyFingerprint).toBe(requested.keyFingerprint);
    const install = [
      'issuing-install',
      '--authority',
      authority,
      '--folder',
      next,
      '--certificate',
      certificate,
    ];
    const installed = await run(...install);
    expect(installed).toMatchObject({ issuingTrusted: 2, keyFingerprint: requested.keyFingerprint });
    expect(existsSync(next)).toBe(false);
    expect(await run(...install)).toMatchObject({ previousFolder: null, issuingTrusted: 2 });
    await run('server-renew', '--authority', authority);
    const verified = execFileSync('openssl', [
      'verify',
      '-CAfile',
      join(root, 'root.crt'),
      '-untrusted',
      join(authority, 'issuing', 'issuing.crt'),
      join(authority, 'central', 'server.crt'),
    ]);
    expect(verified.toString()).toContain('OK');
    const crl = ['authority', 'crl', '--out', desk.file('both.crl'), '--previous', installed.previousFolder];
    expect(await desk.json(...crl)).toMatchObject({ issuers: 2, revoked: 1 });
  });

  it('begins a new authority from an offline root, whose fingerprint somebody must have compared', async () => {
    const run = (...args: string[]) => holdfastCentral('authority', ...args, '--json');
    const root = JSON.parse((await run('root-create', '--folder', desk.file('off'))).stdout);
    await run('issuing-request', '--folder', desk.file('new'));
    const request = join(desk.file('new'), 'issuing.csr');
    const certificate = desk.file('first.crt');
    await run('issuing-sign', '--root', desk.file('off'), '--request', request, '--out', certificate);
    const install = [
      'issuing-install',
      '--authority',
      desk.file('auth'),
      '--folder',
      desk.file('new'),
      '--certificate',
      certificate,
    ];
    expect(await run(...install, '--host', 'localhost')).toEqual(
      refusal(2, 'bad_argument', root.rootFingerprint),
    );
    expect(await run(...install, '--root-fingerprint', root.rootFingerprint)).toEqual(refusal(2, 'host'));
    const done = await run(...install, '--root-fingerprint', root.rootFingerprint, '--host', 'localhost');
    expect(done.code, done.stderr).toBe(0);
    expect(existsSync(join(desk.file('auth'), 'root', 'root.key'))).toBe(false);
    const box = await holdfastCentral(
      'appliance',
      'create',
      '--authority',
      desk.file('auth'),
      '--id',
      'b',
      '--out',
      desk.file('b'),
    );
    expect(box.code, box.stderr).toBe(0);
  });
});
