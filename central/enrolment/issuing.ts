// The issuing CA at work, behind an interface: today its key is a file or a credential of this process; a token (PKCS #11)
// would be another implementation and nothing else would change.
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { JudgedRequest } from '../../provisioning/authority/request.ts';
import { ProvisioningError } from '../../provisioning/error.ts';
import { assertPair, readCertificates, readPrivateKey } from '../../provisioning/pem-file.ts';
import type { IssuingFiles } from './config.ts';

export interface IssuingCa {
  /** Its own certificate. */
  readonly certificate: X509Certificate;
  judgeRequest(der: Uint8Array, applianceId: string): Promise<JudgedRequest>;
  /** An appliance's certificate, never longer than the CA's own. */
  issue(
    publicKey: KeyObject,
    applianceId: string,
    validDays: number,
    nowMs: number,
  ): Promise<X509Certificate>;
}

/**
 * The CA whose key lies in a file.
 * @throws ProvisioningError file_… and key_… naming the file; authority_not_valid when its time is not now
 */
export function openIssuingFiles(files: IssuingFiles, nowMs: number): IssuingCa {
  const { key } = readPrivateKey(files.key, 'P-256', files.keyFrom);
  const [certificate] = readCertificates(files.certificate).certificates;
  assertPair(certificate, files.certificate, key, files.key);
  if (nowMs < certificate.validFromDate.getTime() || nowMs > certificate.validToDate.getTime()) {
    throw new ProvisioningError(
      'authority_not_valid',
      `${files.certificate} is valid from ${certificate.validFrom} to ${certificate.validTo}, not at this time`,
      "Check this machine's clock; if it is right, make a new issuing CA with the root key.",
    );
  }
  return {
    certificate,
    // why so late: the library takes memory that a central which enrols nobody today need not have.
    async judgeRequest(der, applianceId) {
      const { judgeRequest } = await import('../../provisioning/authority/request.ts');
      return judgeRequest(der, applianceId);
    },
    async issue(publicKey, applianceId, validDays, issuedMs) {
      const { createApplianceCertificate } = await import('../../provisioning/authority/certificates.ts');
      const issuer = { certificate, privateKey: key };
      return createApplianceCertificate(publicKey, applianceId, validDays, issuer, issuedMs);
    },
  };
}
