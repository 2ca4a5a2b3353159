// The room at work: the EST listener by its section of the configuration, and the deny list for every door.
import type { X509Certificate } from 'node:crypto';
import type { Log } from '../../kit/log.ts';
import { type Authorities, readAuthorities } from '../../provisioning/authority/check.ts';
import { publicPem } from '../../provisioning/authority/keys.ts';
import { type CentralIdentity, centralFiles } from '../../provisioning/identity.ts';
import { parseCertificates, readPublicKeys } from '../../provisioning/pem-file.ts';
import { createAttempts } from './attempts.ts';
import { type EstConfig, issuingFiles } from './config.ts';
import type { DenyList } from './deny-list.ts';
import { createEstOperations } from './est-operations.ts';
import { type EstServer, openEstServer } from './est-server.ts';
import { openIssuingFiles } from './issuing.ts';
import type { EnrolmentPort } from './port.ts';

/** @throws ProvisioningError when the issuing CA cannot be used */
export async function startEst(parts: {
  config: EstConfig;
  identity: CentralIdentity;
  identityFolder: string;
  store: EnrolmentPort;
  denied: DenyList;
  onRevoked(): void;
  nowMs(): number;
  log: Log;
}): Promise<EstServer & { issuing: X509Certificate }> {
  const { config, identity, nowMs } = parts;
  const { certificateDays, renewalGraceDays, centralUrl, host, port } = config;
  const issuing = openIssuingFiles(issuingFiles(config, process.env.CREDENTIALS_DIRECTORY), nowMs());
  const { authorities, roots, issuers } = readTrust(identity.caPem);
  const signing = readPublicKeys(centralFiles(parts.identityFolder).signingPublicKey, 'Ed25519');
  const operations = createEstOperations({
    ...parts,
    ...{ issuing, authorities, roots, issuers, certificateDays, renewalGraceDays, centralUrl },
    attempts: createAttempts(),
    centralSigningPem: signing.map(publicPem).join(''),
  });
  const server = await openEstServer({ host, port, identity, operations, log: parts.log });
  return { ...server, issuing: issuing.certificate };
}

function readTrust(caPem: string): {
  authorities: Authorities;
  roots: X509Certificate[];
  issuers: X509Certificate[];
} {
  const all = parseCertificates(caPem);
  const isRoot = (one: X509Certificate) => one.checkIssued(one);
  return {
    authorities: readAuthorities(caPem),
    roots: all.filter(isRoot),
    issuers: all.filter((one) => !isRoot(one)),
  };
}
