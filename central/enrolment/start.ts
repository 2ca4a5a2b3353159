// The room at work: the EST listener by its section of the configuration, and the deny list for every door.
import type { X509Certificate } from 'node:crypto';
import type { Log } from '../../kit/log.ts';
import { type Authorities, readAuthorities } from '../../provisioning/authority/check.ts';
import { publicPem } from '../../provisioning/authority/keys.ts';
import { type CentralIdentity, centralFiles } from '../../provisioning/identity.ts';
import { parseCertificates, readPublicKeys } from '../../provisioning/pem-file.ts';
import type { ServedReleases } from '../rollout/serve-releases.ts';
import { createAttempts } from './attempts.ts';
import { type EstConfig, issuingFiles } from './config.ts';
import type { DenyList } from './deny-list.ts';
import { createEstOperations } from './est-operations.ts';
import { openEstServer } from './est-server.ts';
import { type IssuingCa, openIssuingFiles } from './issuing.ts';
import type { EnrolmentPort } from './port.ts';

export interface RunningEst {
  port: number;
  /** The issuing CA at work. */
  issuing(): X509Certificate;
  /**
   * Reads the issuing CA anew, and answers how to go by it and this identity.
   * @throws ProvisioningError when the issuing CA cannot be used
   */
  prepare(identity: CentralIdentity): () => void;
  close(): Promise<void>;
}

/** @throws ProvisioningError when the issuing CA cannot be used */
export async function startEst(parts: {
  config: EstConfig;
  identity: CentralIdentity;
  identityFolder: string;
  store: EnrolmentPort;
  denied: DenyList;
  releases: ServedReleases;
  onRevoked(): void;
  nowMs(): number;
  log: Log;
}): Promise<RunningEst> {
  const { config, nowMs } = parts;
  const { certificateDays, renewalGraceDays, centralUrl, host, port } = config;
  const attempts = createAttempts();
  const openIssuing = () =>
    openIssuingFiles(issuingFiles(config, process.env.CREDENTIALS_DIRECTORY), nowMs());
  const operationsOf = (identity: CentralIdentity, issuing: IssuingCa) => {
    const signing = readPublicKeys(centralFiles(parts.identityFolder).signingPublicKey, 'Ed25519');
    return createEstOperations({
      ...parts,
      ...readTrust(identity.caPem),
      ...{ issuing, attempts, certificateDays, renewalGraceDays, centralUrl },
      centralSigningPem: signing.map(publicPem).join(''),
    });
  };
  let issuing = openIssuing();
  const operations = operationsOf(parts.identity, issuing);
  const { identity, releases, log } = parts;
  const server = await openEstServer({ host, port, identity, operations, releases, log });
  return {
    port: server.port,
    issuing: () => issuing.certificate,
    prepare(identity) {
      const next = openIssuing();
      const operations = operationsOf(identity, next);
      return () => {
        server.renew(identity, operations);
        issuing = next;
      };
    },
    close: server.close,
  };
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
