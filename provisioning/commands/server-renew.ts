// `authority server-renew`: a new key and certificate for central's own servers, before the present one runs out, or by a new
// issuing CA. Nobody is asked anything: boxes trust the root.

import { renameSync } from 'node:fs';
import { isIP } from 'node:net';
import { writeDurable } from '../../kit/durable-file.ts';
import { authorityFiles, openIssuingCa } from '../authority/authority.ts';
import { certificatePem, createServerCertificate } from '../authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../authority/keys.ts';
import { assertHosts } from '../hosts.ts';
import { readCertificates } from '../pem-file.ts';

export interface ServerRenewed {
  hosts: string[];
  serial: string;
  notAfterMs: number;
}

/**
 * @param options.hosts the names of the present certificate unless given
 * @throws ProvisioningError bad_argument, authority_not_valid, file_… and key_… naming the file
 */
export async function serverRenew(options: {
  authorityFolder: string;
  hosts?: readonly string[];
  nowMs: number;
}): Promise<ServerRenewed> {
  const { authorityFolder, nowMs } = options;
  const at = authorityFiles(authorityFolder).central;
  const [present] = readCertificates(at.serverCertificate).certificates;
  const hosts = options.hosts ?? namesOf(present.subjectAltName ?? '');
  assertHosts(hosts, { words: 'appliances reach central', example: 'central.example' });
  const { issuer } = openIssuingCa(authorityFolder, nowMs);
  const keys = createP256KeyPair();
  const server = await createServerCertificate(keys.publicKey, hosts, issuer, nowMs);
  // why beside first: key and certificate are two files, and the time in which they do not fit is two renames long. A start
  // within it says key_mismatch; this command, run again, mends it.
  writeDurable(`${at.serverKey}.next`, privatePem(keys.privateKey), 0o600);
  writeDurable(`${at.serverCertificate}.next`, certificatePem(server, issuer.certificate));
  renameSync(`${at.serverKey}.next`, at.serverKey);
  renameSync(`${at.serverCertificate}.next`, at.serverCertificate);
  return {
    hosts: [...hosts],
    serial: server.serialNumber.toLowerCase(),
    notAfterMs: server.validToDate.getTime(),
  };
}

/** As Node writes them: `DNS:central.example, IP Address:192.0.2.7`. */
function namesOf(subjectAltName: string): string[] {
  return subjectAltName.split(', ').flatMap((name) => {
    if (name.startsWith('DNS:')) return [name.slice(4)];
    const address = name.startsWith('IP Address:') ? name.slice(11) : '';
    return isIP(address) ? [address] : [];
  });
}
