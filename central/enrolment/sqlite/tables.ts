// The room's part of the store: every call of EnrolmentCalls on one connection.
import type Database from 'better-sqlite3';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { EnrolmentCalls } from '../port.ts';
import { createCertificateTable } from './certificates.ts';
import { createEnrolmentTable } from './enrolments.ts';
import { createSiteTable } from './sites.ts';

export function createEnrolmentTables(
  db: Database.Database,
  parts: { audit: Audit; register(id: string, site: string | null, by: By): void },
): EnrolmentCalls {
  const sites = createSiteTable(db, parts.audit);
  const certificates = createCertificateTable(db, parts.audit);
  const enrolments = createEnrolmentTable(db, { ...parts, sites, certificates });
  const { createSite, sites: listSites } = sites;
  const {
    keepRenewed,
    certificateOfKey,
    keepCommanded,
    certificates: listCertificates,
    denyEntries,
  } = certificates;
  return {
    ...{ createSite, sites: listSites },
    ...{ keepRenewed, certificateOfKey, keepCommanded, certificates: listCertificates, denyEntries },
    ...enrolments,
  };
}
