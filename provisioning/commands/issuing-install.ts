// `authority issuing-install`: at central, the new issuing CA takes up its work. What the one before has signed is trusted to
// its end: both stand in central's ca.crt. After an interruption the same command goes on where it stopped.
import type { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';
import { authorityFiles } from '../authority/authority.ts';
import { centralIdentityFiles } from '../authority/central-identity.ts';
import { certificatePem } from '../authority/certificates.ts';
import { readAuthorities } from '../authority/check.ts';
import { keyFingerprint } from '../authority/issuing-request.ts';
import { ProvisioningError } from '../error.ts';
import { assertHosts } from '../hosts.ts';
import { centralFiles } from '../identity.ts';
import { writeNewFolder } from '../new-folder.ts';
import { assertPair, readCertificates, readPrivateKey } from '../pem-file.ts';

export interface IssuingInstalled {
  /** Where the new issuing CA lies now. */
  issuingFolder: string;
  /** Where the one before lies: its key still signs its own CRL, and nothing else. Null: there was none. */
  previousFolder: string | null;
  keyFingerprint: string;
  notAfterMs: number;
  /** How many CAs vouch for appliances now. */
  issuingTrusted: number;
}

/**
 * Into the authority's folder; without one yet, central's identity is made too, under this issuing CA.
 * @param options.folder what issuing-request made: the key
 * @param options.certificate what issuing-sign made: the certificate, then its root
 * @param options.rootFingerprint of a root that central does not trust yet; without it a new root is refused
 * @param options.centralHosts by which boxes reach central: needed where it has no identity yet
 * @throws ProvisioningError key_mismatch, authority_not_valid, bad_argument, file_… and key_… naming the file
 */
export async function issuingInstall(options: {
  authorityFolder: string;
  folder: string;
  certificate: string;
  nowMs: number;
  rootFingerprint?: string;
  centralHosts?: readonly string[];
}): Promise<IssuingInstalled> {
  const { certificate: path, nowMs, centralHosts = [] } = options;
  const at = authorityFiles(resolve(options.authorityFolder));
  const issuingFolder = dirname(at.issuingKey);
  const done = alreadyInstalled(at.issuingCertificate, path);
  const folder = done ? issuingFolder : resolve(options.folder);
  const [issuing, root] = readCertificates(path).certificates;
  const keyPath = join(folder, 'issuing.key');
  const { key } = readPrivateKey(keyPath, 'P-256');
  assertPair(issuing, path, key, keyPath);
  assertSigned(issuing, root, path);
  assertNow(issuing, path, nowMs);
  if (existsSync(at.central.ca)) trust(at.central.ca, [issuing, root], options.rootFingerprint);
  else {
    assertRoot(root, options.rootFingerprint);
    assertHosts(centralHosts, { words: 'appliances reach central', example: 'central.example' });
    const issuer = { certificate: issuing, privateKey: key };
    const parts = { hosts: centralHosts, issuer, root, nowMs };
    writeNewFolder(at.centralFolder, (await centralIdentityFiles(centralFiles(''), parts)).files);
  }
  // What `appliance create` and `kiosk-tls create` hand on to boxes.
  mkdirSync(dirname(at.rootCertificate), { recursive: true, mode: 0o700 });
  writeDurable(at.rootCertificate, certificatePem(root));
  const previousFolder = done ? null : swap(folder, issuing, issuingFolder);
  return {
    issuingFolder,
    previousFolder,
    keyFingerprint: keyFingerprint(issuing.publicKey),
    notAfterMs: issuing.validToDate.getTime(),
    issuingTrusted: readAuthorities(readCertificates(at.central.ca).pem).issuing.length,
  };
}

/** After an interruption the last rename may be done. */
function alreadyInstalled(installed: string, path: string): boolean {
  if (!existsSync(installed)) return false;
  return readCertificates(installed).certificates[0].raw.equals(readCertificates(path).certificates[0].raw);
}

/** Adds what is not there to ca.crt; nothing is ever taken away here. */
function trust(path: string, wanted: readonly X509Certificate[], rootFingerprint: string | undefined): void {
  const known = readCertificates(path).certificates;
  const fresh = wanted.filter((one) => !known.some((other) => other.raw.equals(one.raw)));
  const newRoot = fresh.find((one) => one.checkIssued(one));
  if (newRoot) assertRoot(newRoot, rootFingerprint);
  // In the order in which it is read: roots first, then the newest issuing CA.
  const all = [...fresh, ...known];
  const roots = all.filter((one) => one.checkIssued(one));
  const issuers = all.filter((one) => !roots.includes(one));
  if (fresh.length > 0) writeDurable(path, certificatePem(...roots, ...issuers));
}

/** A root is believed because somebody compared its fingerprint, never because it came along. */
function assertRoot(root: X509Certificate, rootFingerprint = ''): void {
  const plain = (text: string) => text.replace(/[^0-9a-f]/gi, '').toLowerCase();
  if (plain(root.fingerprint256) === plain(rootFingerprint)) return;
  throw new ProvisioningError(
    'bad_argument',
    'the certificate comes from a root that this central does not trust',
    `If it is right, give --root-fingerprint; it is ${root.fingerprint256} by this file. Boxes trust a new root only when they enrol anew.`,
  );
}

/** The folder with the key becomes the issuing folder; at any moment a whole one stands under one of the names. */
function swap(folder: string, issuing: X509Certificate, issuingFolder: string): string | null {
  writeDurable(join(folder, 'issuing.crt'), certificatePem(issuing));
  let previousFolder: string | null = null;
  if (existsSync(issuingFolder)) {
    const [old] = readCertificates(join(issuingFolder, 'issuing.crt')).certificates;
    previousFolder = `${issuingFolder}.${old.serialNumber.toLowerCase().slice(0, 8)}`;
    renameSync(issuingFolder, previousFolder);
  }
  renameSync(folder, issuingFolder);
  syncFolder(dirname(issuingFolder));
  return previousFolder;
}

function assertSigned(
  issuing: X509Certificate,
  root: X509Certificate | undefined,
  path: string,
): asserts root is X509Certificate {
  if (root !== undefined && issuing.ca && issuing.checkIssued(root) && issuing.verify(root.publicKey)) return;
  throw new ProvisioningError(
    'file_malformed',
    `${path} does not hold an issuing CA's certificate and the root that signed it`,
    'Use the file that issuing-sign made.',
  );
}

function assertNow(issuing: X509Certificate, path: string, nowMs: number): void {
  if (nowMs >= issuing.validFromDate.getTime() && nowMs <= issuing.validToDate.getTime()) return;
  throw new ProvisioningError(
    'authority_not_valid',
    `${path} is valid from ${issuing.validFrom} to ${issuing.validTo}, not at this time`,
    "Check the clocks of this machine and of the offline one; the root's signature may have to be made again.",
  );
}
