// Who a program is: its key, its certificate and whom it trusts, read once at start from one folder.
// Nothing here looks at the clock: a box whose certificate ran out during an outage must still start and sell.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { applianceIdOf, readAuthorities } from './authority/check.ts';
import { ProvisioningError } from './error.ts';
import { assertPair, malformed, readCertificates, readPrivateKey, readPublicKeys } from './pem-file.ts';

export interface CentralIdentity {
  serverKeyPem: string;
  /** Central's own certificate, then the issuing CA's. */
  serverCertificatePem: string;
  /** Root and issuing CA: for verifying appliances, and for readAuthorities. */
  caPem: string;
  /** Ed25519, private: signs receipts and the feed. */
  signingKey: KeyObject;
  signingPublicKey: KeyObject;
}

export interface ApplianceIdentity {
  /** The one the certificate names; there is no other source for it. */
  applianceId: string;
  keyPem: string;
  /** P-256, private: signs entries, and opens the TLS connection. */
  key: KeyObject;
  /** The appliance's own certificate, then the issuing CA's. */
  certificatePem: string;
  /** The appliance's own certificate alone. */
  certificateDer: Buffer;
  /** The root: the trust anchor for central's server certificate. */
  caPem: string;
  /** Ed25519, public. More than one while central changes its key: any of them may have signed. */
  centralSigningKeys: KeyObject[];
}

/**
 * Reads server.key, server.crt, ca.crt, signing.key and signing.pem.
 * @throws ProvisioningError file_missing, file_unreadable, file_malformed, key_exposed, key_mismatch: each names the file
 */
export function loadCentralIdentity(folder: string): CentralIdentity {
  const at = centralFiles(folder);
  const serverKey = readPrivateKey(at.serverKey, 'P-256');
  const server = readCertificates(at.serverCertificate);
  assertPair(server.certificates[0], at.serverCertificate, serverKey.key, at.serverKey);
  const ca = readCertificates(at.ca);
  assertAuthorities(at.ca, ca.pem);
  const signing = readPrivateKey(at.signingKey, 'Ed25519');
  const [signingPublicKey] = readPublicKeys(at.signingPublicKey, 'Ed25519');
  if (!createPublicKey(signing.key).equals(signingPublicKey)) {
    throw new ProvisioningError(
      'key_mismatch',
      `${at.signingPublicKey} is not the public key of ${at.signingKey}`,
      'Put back the two files that were made together; appliances trust the public one.',
    );
  }
  return {
    serverKeyPem: serverKey.pem,
    serverCertificatePem: server.pem,
    caPem: ca.pem,
    signingKey: signing.key,
    signingPublicKey,
  };
}

/**
 * Reads appliance.key, appliance.crt, ca.crt and central-signing.pem.
 * @throws ProvisioningError file_missing, file_unreadable, file_malformed, key_exposed, key_mismatch: each names the file
 */
export function loadApplianceIdentity(folder: string): ApplianceIdentity {
  const at = applianceFiles(folder);
  const { pem: keyPem, key } = readPrivateKey(at.key, 'P-256');
  const { pem: certificatePem, certificates } = readCertificates(at.certificate);
  const [certificate] = certificates;
  assertPair(certificate, at.certificate, key, at.key);
  const applianceId = applianceIdOf(certificate);
  if (applianceId === null) throw malformed(at.certificate, "an appliance's certificate first");
  return {
    applianceId,
    keyPem,
    key,
    certificatePem,
    certificateDer: certificate.raw,
    caPem: readCertificates(at.ca).pem,
    centralSigningKeys: readPublicKeys(at.centralSigning, 'Ed25519'),
  };
}

/** The files of central's identity: written by `authority init`, read at start. */
export function centralFiles(folder: string) {
  return {
    serverKey: join(folder, 'server.key'),
    serverCertificate: join(folder, 'server.crt'),
    ca: join(folder, 'ca.crt'),
    signingKey: join(folder, 'signing.key'),
    signingPublicKey: join(folder, 'signing.pem'),
  };
}

/** The files of an appliance's identity: written by `appliance create`, read at start. */
export function applianceFiles(folder: string) {
  return {
    key: join(folder, 'appliance.key'),
    certificate: join(folder, 'appliance.crt'),
    ca: join(folder, 'ca.crt'),
    centralSigning: join(folder, 'central-signing.pem'),
  };
}

function assertAuthorities(path: string, pem: string): void {
  try {
    readAuthorities(pem);
  } catch (error) {
    throw malformed(path, 'a root and an issuing CA that belong together', error);
  }
}
