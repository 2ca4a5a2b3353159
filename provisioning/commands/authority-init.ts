// `authority init`: a root CA, the issuing CA below it, and central's identity, in one new folder.
import { authorityFiles } from '../authority/authority.ts';
import { centralIdentityFiles } from '../authority/central-identity.ts';
import {
  certificatePem,
  createIssuingCertificate,
  createRootCertificate,
} from '../authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../authority/keys.ts';
import { assertHosts } from '../hosts.ts';
import { assertNewFolder, openFile, secretFile, writeNewFolder } from '../new-folder.ts';

export interface AuthorityMade {
  folder: string;
  /** SHA-256 of the root certificate as colon-separated hex: what an appliance's maker compares. */
  rootFingerprint: string;
  /** To be moved offline: whoever holds it can make any identity. Nothing at run time reads it. */
  rootKeyPath: string;
  /** The folder for loadCentralIdentity. */
  centralFolder: string;
  rootNotAfterMs: number;
  issuingNotAfterMs: number;
  serverNotAfterMs: number;
}

/**
 * Makes the authority. `centralHosts` are the DNS names and IP addresses by which appliances reach central; the server
 * certificate is valid for these only.
 * @throws ProvisioningError already_exists when the folder is not empty (nothing is overwritten), bad_argument
 */
export async function authorityInit(options: {
  folder: string;
  centralHosts: readonly string[];
  nowMs: number;
}): Promise<AuthorityMade> {
  const { folder, centralHosts, nowMs } = options;
  assertHosts(centralHosts, { words: 'appliances reach central', example: 'central.example' });
  assertNewFolder(folder);

  const rootKeys = createP256KeyPair();
  const root = await createRootCertificate(rootKeys, nowMs);
  const issuingKeys = createP256KeyPair();
  const issuing = await createIssuingCertificate(
    issuingKeys.publicKey,
    { certificate: root, privateKey: rootKeys.privateKey },
    nowMs,
  );
  const inside = authorityFiles('');
  const issuer = { certificate: issuing, privateKey: issuingKeys.privateKey };
  const central = await centralIdentityFiles(inside.central, { hosts: centralHosts, issuer, root, nowMs });
  writeNewFolder(folder, [
    secretFile(inside.rootKey, privatePem(rootKeys.privateKey)),
    openFile(inside.rootCertificate, certificatePem(root)),
    secretFile(inside.issuingKey, privatePem(issuingKeys.privateKey)),
    openFile(inside.issuingCertificate, certificatePem(issuing)),
    ...central.files,
  ]);
  const at = authorityFiles(folder);
  return {
    folder,
    rootFingerprint: root.fingerprint256,
    rootKeyPath: at.rootKey,
    centralFolder: at.centralFolder,
    rootNotAfterMs: root.validToDate.getTime(),
    issuingNotAfterMs: issuing.validToDate.getTime(),
    serverNotAfterMs: central.server.validToDate.getTime(),
  };
}
