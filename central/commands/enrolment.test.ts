// Sites, codes and boxes, as an operator runs the commands.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashCode, plainCode } from '../enrolment/code.ts';
import { byTester } from '../fixtures/by.ts';
import { openEnrollingDesk } from '../fixtures/enrolling-desk.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';

let desk: Desk;
let authority: string;

beforeAll(async () => {
  ({ desk, authority } = await openEnrollingDesk());
}, 30_000);
afterAll(() => desk.remove());

describe('enrolment', () => {
  it('makes a site and a code in one command, with a slip that can be printed', async () => {
    const html = desk.file('slip.html');
    const made = await desk.json('enrolment', 'create', '--site', 'Leeds <2>', '--new-site', '--html', html);
    expect(made).toMatchObject({
      enrolment: { number: 1, applianceId: 'leeds-2-1', site: 'Leeds <2>', state: 'created' },
      slip: { v: 1, est: 'https://central.example:8884', appliance: 'leeds-2-1' },
    });
    const der = execFileSync('openssl', [
      'x509',
      '-in',
      join(authority, 'root', 'root.crt'),
      '-noout',
      '-fingerprint',
      '-sha256',
    ]);
    const fingerprint = der.toString().split('=')[1]?.replaceAll(':', '').trim().toLowerCase();
    expect(made.slip.root).toBe(`sha256:${fingerprint}`);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain(made.slip.code);
    expect(page).toContain('Leeds &#60;2&#62;');
    expect(page).not.toMatch(/<script|src=|href=/);

    const hash = hashCode(plainCode(made.slip.code) ?? '').toString('hex');
    const file = readFileSync(desk.file('central.db'));
    expect(file.includes(made.slip.code.replaceAll('-', ''))).toBe(false);
    expect(
      file.toString('hex') + readFileSync(`${desk.file('central.db')}-wal`, { flag: 'a+' }).toString('hex'),
    ).toContain(hash);
  });

  it('shows a person the slip with its QR code, and who waits', async () => {
    const { stdout, code } = await desk.run('enrolment', 'create', '--site', 'Leeds <2>');
    expect(code).toBe(0);
    expect(stdout).toMatch(/code {7}([0-9A-Z]{4}-){3}[0-9A-Z]{4}/);
    expect(stdout).toContain('█');
    expect((await desk.run('enrolment', 'list')).stdout).toMatch(/^2 {2}leeds-2-2 .*waits for the box/);
    await desk.json('enrolment', 'cancel', '2', '--reason', 'lost');
    const page = await desk.json('enrolment', 'list');
    expect(page.items.map(({ number }: { number: number }) => number)).toEqual([1]);
    expect(await desk.json('enrolment', 'show', '2')).toMatchObject({ state: 'cancelled' });
    expect(await desk.json('site', 'show', 'Leeds <2>')).toMatchObject({ openEnrolments: 1 });
  });

  const refused: [name: string, code: number, said: string, args: string[]][] = [
    ['a site that nobody knows', 1, 'site_unknown', ['enrolment', 'create', '--site', 'Hull']],
    [
      'a new site that is known',
      1,
      'site_known',
      ['enrolment', 'create', '--site', 'Leeds <2>', '--new-site'],
    ],
    [
      'an id that cannot be',
      2,
      'argument_malformed',
      ['enrolment', 'create', '--site', 'Leeds <2>', '--appliance', 'A'],
    ],
    [
      'a code for a year',
      2,
      'argument_malformed',
      ['enrolment', 'create', '--site', 'Leeds <2>', '--days', '365'],
    ],
    ['an enrolment that is not there', 1, 'enrolment_unknown', ['enrolment', 'show', '99']],
    ['an appliance that is not there', 1, 'appliance_unknown', ['appliance', 'show', 'nobody']],
    [
      'an amount without its currency',
      2,
      'argument_malformed',
      ['appliance', 'replace', 'x', '--journal', 'declared', '--note', 'x', '--worth-minor', '1'],
    ],
  ];
  it.each(refused)('refuses %s', async (_, code, said, args) => {
    expect(await desk.run(...args)).toEqual(refusal(code, said));
  });

  it('makes no code where nobody can enrol', async () => {
    const bare = openDesk();
    bare.inStore(() => {});
    expect(await bare.run('enrolment', 'create', '--site', 'x', '--new-site')).toEqual(
      refusal(2, 'est_missing', '[est]'),
    );
    bare.remove();
  });
});

describe('appliance', () => {
  it('is listed, shut out, let in again and replaced', async () => {
    const made = ['appliance', 'create', '--authority', authority, '--id', 'box-1', '--site', 'York'];
    await desk.json(...made, '--out', desk.file('box-1'));
    expect((await desk.run('appliance', 'list')).stdout).toMatch(
      /^box-1 {2}at York {2}never heard {2}certificate until/,
    );
    expect(await desk.json('appliance', 'revoke', 'box-1', '--reason', 'stolen')).toMatchObject({
      denial: { kind: 'revoked', reason: 'stolen' },
      certificates: [{ issuedAs: 'command', revokedReason: 'key_compromise' }],
    });
    expect(await desk.run('enrolment', 'create', '--site', 'York', '--appliance', 'box-1')).toEqual(
      refusal(1, 'appliance_denied', 'revoked'),
    );
    await desk.json('appliance', 'readmit', 'box-1', '--reason', 'found');
    await desk.json('enrolment', 'create', '--site', 'York', '--appliance', 'box-1');
    const replaced = await desk.json(
      'appliance',
      'replace',
      'box-1',
      '--journal',
      'handed_over',
      '--note',
      'old',
    );
    expect(replaced).toMatchObject({ enrolment: { applianceId: 'york-1' }, slip: { appliance: 'york-1' } });
    expect((await desk.run('appliance', 'show', 'box-1')).stdout).toContain('replaced by york-1: old');
  });
});

describe('a bundle', () => {
  it('seals no bundle without a catalogue, nor for an appliance that has spoken, and leaves no code behind', async () => {
    const out = desk.file('stick.bundle');
    const before = await desk.json('enrolment', 'list', '--all');
    const bundle = (...more: string[]) =>
      desk.run('enrolment', 'bundle', '--site', 'Leeds <2>', '--out', out, ...more);
    expect(await bundle()).toEqual(refusal(1, 'catalogue_missing'));
    desk.inStore((store) => {
      store.registerAppliance({ id: 'old-1', site: 'Leeds <2>' }, byTester(1));
      const none = { journalId: randomUUID(), lastSeq: 0, lastHash: '0'.repeat(64), feedId: null };
      const key = new Uint8Array(1);
      store.hello({
        applianceId: 'old-1',
        publicKey: key,
        ...none,
        appliedThrough: 0,
        release: '1',
        nowMs: 1,
      });
    });
    expect(await bundle('--appliance', 'old-1')).toEqual(refusal(1, 'appliance_known'));
    expect(existsSync(out)).toBe(false);
    expect(await desk.json('enrolment', 'list', '--all')).toEqual(before);
  });
});
