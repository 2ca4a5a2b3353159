// The room's part of the store: every call of WebhookCalls on one connection.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { ApplyEvent } from '../apply.ts';
import type { WebhookCalls } from '../port.ts';
import { createWebhookForgetting } from './forget.ts';
import { createInbox } from './inbox.ts';
import { createObjectTable } from './objects.ts';
import { createWebhookViews } from './views.ts';
import { createWebhookWork } from './work.ts';

/** @param apply what events mean for other rooms, one after the other */
export function createWebhookTables(
  db: Database.Database,
  audit: Audit,
  apply: readonly ApplyEvent[],
): WebhookCalls {
  const objects = createObjectTable(db);
  const applyAll: ApplyEvent = (told, nowMs) => {
    for (const one of apply) one(told, nowMs);
  };
  return {
    ...createInbox(db),
    ...createWebhookWork(db, { objects, audit, apply: applyAll }),
    ...createWebhookViews(db),
    ...createWebhookForgetting(db),
    processorObjects: objects.processorObjects,
    processorObject: objects.processorObject,
  };
}
