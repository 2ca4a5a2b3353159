// `kiosk-tls create`: a key and a server certificate by which kiosks on a site's network know its appliance.
// The key is made here and travels with the folder, as an appliance's identity does.
import { isIP } from 'node:net';
import { authorityFiles, openIssuingCa } from '../authority/authority.ts';
import { certificatePem, createKioskServerCertificate } from '../authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../authority/keys.ts';
import { ProvisioningError } from '../error.ts';
import { assertHosts } from '../hosts.ts';
import { assertNewFolder, openFile, secretFile, writeNewFolder } from '../new-folder.ts';
import { readCertificates } from '../pem-file.ts';

export interface KioskTlsMade {
  hosts: string[];
  /** The certificate's serial number in lower-case hex. */
  serial: string;
  notAfterMs: number;
  /** Holds kiosk-tls.key, kiosk-tls.crt (its chain) and ca.crt, which kiosks are to trust. */
  folder: string;
}

/**
 * Makes the certificate with the issuing CA under `authorityFolder`; the root's key is not needed.
 * @param options.hosts DNS names and IP addresses by which kiosks reach the appliance; none of central's, for whoever
 * held the key could pass for central
 * @throws ProvisioningError bad_argument; already_exists when `out` is not empty; authority_not_valid; file_… and key_…
 */
export async function kioskTlsCreate(options: {
  authorityFolder: string;
  hosts: readonly string[];
  out: string;
  nowMs: number;
}): Promise<KioskTlsMade> {
  const { authorityFolder, hosts, out, nowMs } = options;
  assertHosts(hosts, { words: 'kiosks reach the appliance', example: 'box-7.lan' });
  assertNewFolder(out);
  assertNotCentral(hosts, authorityFiles(authorityFolder).central.serverCertificate);
  const { issuer, root } = openIssuingCa(authorityFolder, nowMs);
  const keys = createP256KeyPair();
  const certificate = await createKioskServerCertificate(keys.publicKey, hosts, issuer, nowMs);
  writeNewFolder(out, [
    secretFile('kiosk-tls.key', privatePem(keys.privateKey)),
    openFile('kiosk-tls.crt', certificatePem(certificate, issuer.certificate)),
    openFile('ca.crt', certificatePem(root)),
  ]);
  return {
    hosts: [...hosts],
    serial: certificate.serialNumber.toLowerCase(),
    notAfterMs: certificate.validToDate.getTime(),
    folder: out,
  };
}

function assertNotCentral(hosts: readonly string[], centralCertificatePath: string): void {
  const [central] = readCertificates(centralCertificatePath).certificates;
  const taken = hosts.find(
    (host) => (isIP(host) ? central.checkIP(host) : central.checkHost(host)) !== undefined,
  );
  if (taken === undefined) return;
  throw new ProvisioningError(
    'bad_argument',
    `'${taken}' is a name of central's`,
    'Name only hosts of the appliance: whoever held this key could pass for central under that name.',
  );
}
