// The room's part of the store: every call of EnrolmentCalls and StandingCalls on one connection.
import type Database from 'better-sqlite3';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { EnrolmentCalls } from '../port.ts';
import type { StandingCalls } from '../standing-port.ts';
import { createCertificateTable } from './certificates.ts';
import { createCrlTable } from './crls.ts';
import { createEnrolmentTable } from './enrolments.ts';
import { createReplacementTable } from './replacements.ts';
import { createSiteTable } from './sites.ts';
import { createStandingTable } from './standing.ts';

export function createEnrolmentTables(
  db: Database.Database,
  parts: {
    audit: Audit;
    tell: Tell;
    register(id: string, site: string | null, by: By): void;
    /** Who signs for what is missing of a box signs for what is in doubt of it. */
    signOffDoubts(applianceId: string, reason: string, by: By): void;
  },
): EnrolmentCalls & StandingCalls {
  const sites = createSiteTable(db, parts.audit);
  const certificates = createCertificateTable(db, parts.audit);
  const enrolments = createEnrolmentTable(db, { ...parts, sites, certificates });
  const replacements = createReplacementTable(db, {
    ...{ audit: parts.audit, signOffDoubts: parts.signOffDoubts, sites, certificates, enrolments },
    standing: () => standing,
  });
  const standing = createStandingTable(db, { ...parts, certificates, replacementOf: replacements.of });
  const { keepRenewed, certificateOfKey, keepCommanded, denyEntries } = certificates;
  const { identity, denyAppliance, readmitAppliance, noteHello, raiseCondition, endCondition } = standing;
  return {
    createSite: sites.createSite,
    sites: sites.sites,
    ...createCrlTable(db, parts.audit),
    ...enrolments,
    ...{ keepRenewed, certificateOfKey, keepCommanded, denyEntries, certificates: certificates.certificates },
    ...{ identity, denyAppliance, readmitAppliance, noteHello, raiseCondition, endCondition },
    replaceAppliance: replacements.replaceAppliance,
  };
}
