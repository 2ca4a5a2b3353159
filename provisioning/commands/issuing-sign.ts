// `authority issuing-sign`: at the offline machine, the root's signature for a new issuing CA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurable } from '../../kit/durable-file.ts';
import { certificatePem, createIssuingCertificate } from '../authority/certificates.ts';
import { keyFingerprint, readIssuingRequest } from '../authority/issuing-request.ts';
import { ProvisioningError } from '../error.ts';
import { assertPair, malformed, readCertificates, readPrivateKey } from '../pem-file.ts';

export interface IssuingSigned {
  /** The file to carry back: the new issuing CA's certificate, then the root's. */
  certificatePath: string;
  /** Compare it with the one that issuing-request printed, before anything is carried back. */
  keyFingerprint: string;
  rootFingerprint: string;
  notAfterMs: number;
}

/**
 * @param options.rootFolder holds root.key and root.crt
 * @throws ProvisioningError already_exists, authority_not_valid, file_… and key_… naming the file
 */
export async function issuingSign(options: {
  rootFolder: string;
  request: string;
  out: string;
  nowMs: number;
}): Promise<IssuingSigned> {
  const { rootFolder, request, out, nowMs } = options;
  if (existsSync(out)) {
    throw new ProvisioningError('already_exists', `${out} is there already`, 'Name a new file.');
  }
  const at = { key: join(rootFolder, 'root.key'), certificate: join(rootFolder, 'root.crt') };
  const { key: rootKey } = readPrivateKey(at.key, 'P-256');
  const [root] = readCertificates(at.certificate).certificates;
  assertPair(root, at.certificate, rootKey, at.key);
  if (nowMs < root.validFromDate.getTime() || nowMs > root.validToDate.getTime()) {
    throw new ProvisioningError(
      'authority_not_valid',
      `${at.certificate} is valid from ${root.validFrom} to ${root.validTo}, not at this time`,
      "Set this machine's clock: one without a network does not do it by itself.",
    );
  }
  const publicKey = await readIssuingRequest(readText(request));
  if (publicKey === null) throw malformed(request, 'a request of a P-256 key, signed by it');
  const issuing = await createIssuingCertificate(
    publicKey,
    { certificate: root, privateKey: rootKey },
    nowMs,
  );
  writeDurable(out, certificatePem(issuing, root));
  return {
    certificatePath: out,
    keyFingerprint: keyFingerprint(publicKey),
    rootFingerprint: root.fingerprint256,
    notAfterMs: issuing.validToDate.getTime(),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ProvisioningError(
      'file_missing',
      `${path} cannot be read`,
      'Name the file that issuing-request made.',
      error,
    );
  }
}
