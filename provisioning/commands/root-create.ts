// `authority root-create`: the root CA, on the machine that never sees a network. Its certificate is carried to central and
// to every box; its key signs issuing CAs and stays.
import { certificatePem, createRootCertificate } from '../authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../authority/keys.ts';
import { assertNewFolder, openFile, secretFile, writeNewFolder } from '../new-folder.ts';

export interface RootMade {
  folder: string;
  /** SHA-256 of the certificate as colon-separated hex, to be compared by eye wherever it is carried. */
  rootFingerprint: string;
  notAfterMs: number;
}

/** @throws ProvisioningError already_exists when the folder is not empty, folder_unwritable */
export async function rootCreate(options: { folder: string; nowMs: number }): Promise<RootMade> {
  const { folder, nowMs } = options;
  assertNewFolder(folder);
  const keys = createP256KeyPair();
  const root = await createRootCertificate(keys, nowMs);
  writeNewFolder(folder, [
    secretFile('root.key', privatePem(keys.privateKey)),
    openFile('root.crt', certificatePem(root)),
  ]);
  return { folder, rootFingerprint: root.fingerprint256, notAfterMs: root.validToDate.getTime() };
}
