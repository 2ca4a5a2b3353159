// The room's part of the store: every call of AlertCalls on one connection.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { AlertCalls } from '../port.ts';
import { createAlertTable } from './alerts.ts';
import { createMailTable } from './mails.ts';
import { createMaintenanceTable } from './maintenance.ts';

export function createAlertTables(db: Database.Database, parts: { audit: Audit; tell: Tell }): AlertCalls {
  const { add, mailsDue, mailsTried } = createMailTable(db);
  return {
    ...createAlertTable(db, { ...parts, mail: add }),
    ...createMaintenanceTable(db, parts.audit),
    mailsDue,
    mailsTried,
  };
}
