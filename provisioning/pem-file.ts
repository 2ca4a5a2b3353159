// Keys and certificates as they lie on disk. Every error names the file; none shows what is in it.
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { present } from '../kit/assert.ts';
import { ProvisioningError } from './error.ts';

export type KeyKind = 'P-256' | 'Ed25519';

/**
 * A private key in PKCS #8 PEM, without a passphrase: programs start with nobody there to type one.
 * @param from systemd guards its own copies (LoadCredential=): their mode shows an access list, not who may read them
 * @throws ProvisioningError file_missing, file_unreadable, file_malformed, or key_exposed when group or others may read it
 */
export function readPrivateKey(
  path: string,
  kind: KeyKind,
  from: 'file' | 'credential' = 'file',
): { pem: string; key: KeyObject } {
  const pem = readText(path, from === 'file');
  const key = parse(path, `a ${kind} private key in PEM without a passphrase`, () => createPrivateKey(pem));
  assertKind(path, key, kind);
  return { pem, key };
}

/** The public keys of a PEM file in their order, at least one. @throws ProvisioningError file_… */
export function readPublicKeys(path: string, kind: KeyKind): [KeyObject, ...KeyObject[]] {
  const blocks = pemBlocks(readText(path, false), 'PUBLIC KEY');
  const keys = parse(path, `one or more ${kind} public keys in PEM`, () =>
    atLeastOne(blocks.map((block) => createPublicKey(block))),
  );
  for (const key of keys) assertKind(path, key, kind);
  return keys;
}

/** The certificates of a PEM file in their order, at least one. @throws ProvisioningError file_… */
export function readCertificates(path: string): {
  pem: string;
  certificates: [X509Certificate, ...X509Certificate[]];
} {
  const pem = readText(path, false);
  const certificates = parse(path, 'one or more certificates in PEM', () => parseCertificates(pem));
  return { pem, certificates };
}

/** The certificates in the text, at least one. @throws Error when there is none, or one cannot be parsed */
export function parseCertificates(pem: string): [X509Certificate, ...X509Certificate[]] {
  return atLeastOne(pemBlocks(pem, 'CERTIFICATE').map((block) => new X509Certificate(block)));
}

/** @throws ProvisioningError key_mismatch when the certificate does not certify this key */
export function assertPair(
  certificate: X509Certificate,
  certificatePath: string,
  key: KeyObject,
  keyPath: string,
): void {
  if (certificate.checkPrivateKey(key)) return;
  throw new ProvisioningError(
    'key_mismatch',
    `${certificatePath} does not certify the key in ${keyPath}`,
    'Put back the key and the certificate that were made together, its own certificate first in the file.',
  );
}

/** What the file should have held. */
export function malformed(path: string, expected: string, cause?: unknown): ProvisioningError {
  return new ProvisioningError(
    'file_malformed',
    `${path} does not hold ${expected}`,
    `Restore ${path} from where it was made, or make this identity anew.`,
    cause,
  );
}

/** Opened once, so that the permissions checked are those of the bytes read. */
function readText(path: string, secret: boolean): string {
  try {
    const file = openSync(path, 'r');
    try {
      const mode = fstatSync(file).mode & 0o777;
      if (secret && (mode & 0o077) !== 0) throw exposed(path, mode);
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof ProvisioningError ? error : cannotRead(path, error);
  }
}

function exposed(path: string, mode: number): ProvisioningError {
  return new ProvisioningError(
    'key_exposed',
    `${path} has mode ${mode.toString(8).padStart(4, '0')}: others than its owner may use this private key`,
    `Run: chmod 600 ${path}. If strangers can log in to this machine, make the identity anew.`,
  );
}

function cannotRead(path: string, cause: unknown): ProvisioningError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    return new ProvisioningError(
      'file_missing',
      `${path} is missing`,
      'Point the configuration at the folder that holds this identity, or restore the file.',
      cause,
    );
  }
  return new ProvisioningError(
    'file_unreadable',
    `${path} cannot be read (${reason})`,
    `Let the account this program runs under own ${path}.`,
    cause,
  );
}

function parse<T>(path: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw malformed(path, expected, error);
  }
}

function assertKind(path: string, key: KeyObject, kind: KeyKind): void {
  const fits =
    kind === 'Ed25519'
      ? key.asymmetricKeyType === 'ed25519'
      : key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!fits) throw malformed(path, `a key of the kind ${kind}`);
}

/** RFC 7468: the text between the markers, each block with its own; what stands between blocks is ignored. */
function pemBlocks(text: string, label: string): string[] {
  return text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, 'g')) ?? [];
}

function atLeastOne<T>(items: T[]): [T, ...T[]] {
  if (items.length === 0) throw new Error('no PEM block of this kind');
  return [present(items[0], 'the first'), ...items.slice(1)];
}
