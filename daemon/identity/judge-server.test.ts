// Who is believed to be central, as a table over certificates of a real authority.
import type { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createApplianceCertificate,
  createIssuingCertificate,
  createRootCertificate,
  createServerCertificate,
} from '../../provisioning/authority/certificates.ts';
import { createP256KeyPair } from '../../provisioning/authority/keys.ts';
import { judgeServer } from './judge-server.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.parse('2026-11-24T12:00:00Z');

async function makeAuthority() {
  const [root, issuing, server] = [createP256KeyPair(), createP256KeyPair(), createP256KeyPair()];
  const rootCertificate = await createRootCertificate(root, nowMs);
  const byRoot = { certificate: rootCertificate, privateKey: root.privateKey };
  const issuingCertificate = await createIssuingCertificate(issuing.publicKey, byRoot, nowMs);
  const issuer = { certificate: issuingCertificate, privateKey: issuing.privateKey };
  return {
    root: rootCertificate,
    issuing: issuingCertificate,
    server: await createServerCertificate(server.publicKey, ['central.example', '192.0.2.7'], issuer, nowMs),
    box: await createApplianceCertificate(server.publicKey, 'shop-1', 90, issuer, nowMs),
  };
}

type Authority = Awaited<ReturnType<typeof makeAuthority>>;
let own: Authority;
let other: Authority;
beforeAll(async () => {
  [own, other] = await Promise.all([makeAuthority(), makeAuthority()]);
});

const judge = (chain: X509Certificate[], { host = 'central.example', root = own.root } = {}) =>
  judgeServer(chain, [root], host);

describe('who answers', () => {
  it('is central by its name and by its address', () => {
    expect(judge([own.server, own.issuing])).toMatchObject({ ok: true });
    expect(judge([own.server, own.issuing], { host: '192.0.2.7' })).toMatchObject({ ok: true });
    expect(judge([own.server, own.issuing, own.root])).toMatchObject({ ok: true });
  });

  it('is valid as long as every certificate of its path', () => {
    expect(judge([own.server, own.issuing])).toMatchObject({
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: own.server.validToDate.getTime(),
    });
  });

  it.each<[string, () => X509Certificate[], object, string]>([
    ['nobody', () => [], {}, 'no_certificate'],
    ['of another root', () => [other.server, other.issuing, other.root], {}, 'other_root'],
    ['without the CA between', () => [own.server], {}, 'other_root'],
    ['under a CA of another root', () => [own.server, other.issuing], {}, 'other_root'],
    ['another host', () => [own.server, own.issuing], { host: 'elsewhere.example' }, 'other_host'],
    ['another address', () => [own.server, own.issuing], { host: '192.0.2.8' }, 'other_host'],
    ['an appliance', () => [own.box, own.issuing], { host: 'shop-1' }, 'not_a_server'],
    ['the CA itself', () => [own.issuing, own.root], {}, 'not_a_server'],
  ])('is not central when it is %s', (_, chain, options, reason) => {
    expect(judge(chain(), options)).toEqual({ ok: false, reason });
  });
});
