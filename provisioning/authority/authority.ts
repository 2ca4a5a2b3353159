// The authority's folder: what lies where, and how its issuing CA is opened for work.

import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { ProvisioningError } from '../error.ts';
import { centralFiles } from '../identity.ts';
import { assertPair, readCertificates, readPrivateKey } from '../pem-file.ts';
import type { Issuer } from './sign-certificate.ts';

/** The files of an authority: written by `authority init`. */
export function authorityFiles(folder: string) {
  return {
    /** Nothing at run time reads it: keep it offline, away from this machine. */
    rootKey: join(folder, 'root', 'root.key'),
    rootCertificate: join(folder, 'root', 'root.crt'),
    issuingKey: join(folder, 'issuing', 'issuing.key'),
    issuingCertificate: join(folder, 'issuing', 'issuing.crt'),
    centralFolder: join(folder, 'central'),
    central: centralFiles(join(folder, 'central')),
  };
}

/**
 * The issuing CA with its key, and the root above it. The root's key is not needed.
 * @throws ProvisioningError file_… and key_… naming the file; authority_not_valid when its time is not now
 */
export function openIssuingCa(folder: string, nowMs: number): { issuer: Issuer; root: X509Certificate } {
  const at = authorityFiles(folder);
  const { key } = readPrivateKey(at.issuingKey, 'P-256');
  const [certificate] = readCertificates(at.issuingCertificate).certificates;
  assertPair(certificate, at.issuingCertificate, key, at.issuingKey);
  const [root] = readCertificates(at.rootCertificate).certificates;
  if (nowMs < certificate.validFromDate.getTime() || nowMs > certificate.validToDate.getTime()) {
    throw new ProvisioningError(
      'authority_not_valid',
      `${at.issuingCertificate} is valid from ${certificate.validFrom} to ${certificate.validTo}, not at this time`,
      "Check this machine's clock; if it is right, make a new issuing CA with the root key.",
    );
  }
  return { issuer: { certificate, privateKey: key }, root };
}
