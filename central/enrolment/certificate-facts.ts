// What is kept of a certificate when it is issued.
import type { X509Certificate } from 'node:crypto';
import { publicDer } from '../../provisioning/authority/keys.ts';
import type { NewCertificate } from './port.ts';

export function certificateFacts(applianceId: string, certificate: X509Certificate): NewCertificate {
  return {
    applianceId,
    serial: certificate.serialNumber.toLowerCase(),
    // why copies: what goes to the store's thread must not be a slice of a shared pool.
    publicKey: new Uint8Array(publicDer(certificate.publicKey)),
    der: new Uint8Array(certificate.raw),
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
  };
}
