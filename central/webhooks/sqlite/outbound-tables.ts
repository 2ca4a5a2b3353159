// The outward part of the room's store: every call of OutboundCalls on one connection, and the way for other rooms to tell.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../outbound.ts';
import type { OutboundCalls } from '../outbound-port.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createEndpointTable } from './endpoints.ts';
import { createOutbox } from './outbox.ts';

export function createOutboundTables(
  db: Database.Database,
  audit: Audit,
): { tell: Tell; calls: OutboundCalls } {
  const endpoints = createEndpointTable(db, audit);
  const { tell, ...outbox } = createOutbox(db, endpoints, audit);
  const { createEndpoint, switchEndpoint, rotateEndpoint } = endpoints;
  const changing = { createEndpoint, switchEndpoint, rotateEndpoint, endpoints: endpoints.endpoints };
  return { tell, calls: { ...changing, ...outbox, ...createDeliveryLog(db) } };
}
