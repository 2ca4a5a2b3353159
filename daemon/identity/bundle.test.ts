// Bundles by their own time, and what becomes of an attempt at a first contact.
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../contract/bundle.ts';
import { seal } from '../../kit/sealed-file.ts';
import { compress } from '../../kit/zstd.ts';
import { createRootCertificate } from '../../provisioning/authority/certificates.ts';
import { createEd25519KeyPair, createP256KeyPair } from '../../provisioning/authority/keys.ts';
import { openBundle } from './bundle.ts';
import { judgeAttempt } from './first-contact.ts';

const madeMs = Date.parse('2026-11-24T12:00Z');
const dayMs = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
let root: X509Certificate;
beforeAll(async () => {
  root = await createRootCertificate(createP256KeyPair(), madeMs);
});

async function sealed(changes: Partial<Bundle> = {}): Promise<string> {
  const fingerprint = root.fingerprint256.replaceAll(':', '').toLowerCase();
  const bundle: Bundle = {
    v: 1,
    madeMs,
    expiresMs: madeMs + 30 * dayMs,
    slip: {
      v: 1,
      est: 'https://central.example:8884',
      appliance: 'leeds-1',
      code: '7Q3M-0K9D-XW2H-51TA',
      root: `sha256:${fingerprint}`,
    },
    site: 'leeds',
    centralUrl: 'mqtts://central.example:8883',
    ca: root.toString(),
    centralSigning: createEd25519KeyPair().publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    feed: [Buffer.from('a frame').toString('base64')],
    ...changes,
  };
  const path = join(folder, 'stick.bundle');
  writeFileSync(path, await seal(await compress(Buffer.from(JSON.stringify(bundle))), '7Q3M0K9DXW2H51TA'));
  return path;
}

describe('a bundle', () => {
  it.each([
    ['in its time', madeMs + dayMs],
    ['by a clock of 1970', 0],
  ])('opens %s, whatever a person made of the passphrase', async (_, nowMs) => {
    const { slip } = await openBundle(await sealed(), ' 7q3m-ok9d xw2h-5lta\n', nowMs);
    expect(slip).toMatchObject({ appliance: 'leeds-1', code: '7Q3M0K9DXW2H51TA' });
  });

  it.each([
    ['after its end', madeMs + 31 * dayMs],
    ['by a clock of 2040', Date.parse('2040-01-01')],
  ])('does not open %s, and says to look at the clock', async (_, nowMs) => {
    const path = await sealed();
    await expect(openBundle(path, '7Q3M-0K9D-XW2H-51TA', nowMs)).rejects.toMatchObject({
      code: 'bundle_expired',
      hint: expect.stringContaining('If the clock is wrong'),
    });
  });

  it('without the root of its slip is none', async () => {
    const other = await createRootCertificate(createP256KeyPair(), madeMs);
    const path = await sealed({ ca: other.toString() });
    await expect(openBundle(path, '7Q3M-0K9D-XW2H-51TA', madeMs)).rejects.toMatchObject({
      code: 'bundle_malformed',
    });
  });
});

describe('an attempt at a first contact', () => {
  it.each([
    ['holdfast: code_refused: central does not take this code: it was used\nhint: …', 'refused'],
    ['holdfast: slip_missing: there is nobody to ask for: est\nhint: …', 'refused'],
    ['holdfast: central_unreachable: no answer from central.example\nhint: …', 'failed'],
    ['holdfast: identity_busy: another enrolment is at work\nhint: …', 'failed'],
    ['', 'failed'],
  ])('that said %j is %s', (said, kind) => {
    expect(judgeAttempt(said).kind).toBe(kind);
  });
});
