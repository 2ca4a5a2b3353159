// The certificate by which kiosks on the local network know the appliance, read and judged once at start.
import type { X509Certificate } from 'node:crypto';
import { ProvisioningError } from '../../provisioning/error.ts';
import { assertPair, readCertificates, readPrivateKey } from '../../provisioning/pem-file.ts';

export interface LanCertificate {
  keyPem: string;
  /** Its own certificate, then the CA's above it. */
  certificatePem: string;
  certificate: X509Certificate;
}

/**
 * Reads key and chain as PEM.
 * @throws ProvisioningError file_…, key_exposed, key_mismatch, certificate_expired
 */
export function loadLanCertificate(
  files: { certificateFile: string; keyFile: string },
  nowMs: number,
): LanCertificate {
  const { pem: keyPem, key } = readPrivateKey(files.keyFile, 'P-256');
  const { pem: certificatePem, certificates } = readCertificates(files.certificateFile);
  const [certificate] = certificates;
  assertPair(certificate, files.certificateFile, key, files.keyFile);
  // One that is not valid yet passes: a box without a battery begins in 1970, and kiosks judge by their own clocks.
  if (nowMs > certificate.validToDate.getTime()) {
    throw new ProvisioningError(
      'certificate_expired',
      `${files.certificateFile} was valid until ${certificate.validTo}`,
      "Check this machine's clock; if it is right, make a new one: holdfast-central kiosk-tls create.",
    );
  }
  return { keyPem, certificatePem, certificate };
}
