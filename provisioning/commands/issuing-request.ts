// `authority issuing-request`: at central, the key of a new issuing CA and the request that is carried to the offline root.
import { createIssuingRequest, keyFingerprint } from '../authority/issuing-request.ts';
import { createP256KeyPair, privatePem } from '../authority/keys.ts';
import { assertNewFolder, openFile, secretFile, writeNewFolder } from '../new-folder.ts';

export interface IssuingRequested {
  folder: string;
  /** The file to carry to the offline machine. */
  requestPath: string;
  keyFingerprint: string;
}

/** @throws ProvisioningError already_exists when the folder is not empty, folder_unwritable */
export async function issuingRequest(options: { folder: string }): Promise<IssuingRequested> {
  const { folder } = options;
  assertNewFolder(folder);
  const keys = createP256KeyPair();
  writeNewFolder(folder, [
    secretFile('issuing.key', privatePem(keys.privateKey)),
    openFile('issuing.csr', await createIssuingRequest(keys)),
  ]);
  return {
    folder,
    requestPath: `${folder}/issuing.csr`,
    keyFingerprint: keyFingerprint(keys.publicKey),
  };
}
