// Every route of the operators' HTTP, room by room. Answers are camelCase; amounts are integer minor units; a page ends
// with nextCursor null.
import { feedRoutes } from '../feed/routes.ts';
import type { IgnoredFrames } from '../intake/intake.ts';
import { intakeRoutes } from '../intake/routes.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { ledgerRoutes } from '../ledger/routes.ts';
import { outboundRoutes } from '../webhooks/outbound-routes.ts';
import { webhookRoutes } from '../webhooks/routes.ts';
import type { Route } from './route.ts';

export interface RouteParts {
  store: LedgerPort;
  /** What intake has dropped since the start. */
  ignoredFrames(): IgnoredFrames[];
}

export function allRoutes({ store, ignoredFrames }: RouteParts): Route[] {
  return [
    ...ledgerRoutes(store),
    ...intakeRoutes(ignoredFrames),
    ...feedRoutes(store),
    ...webhookRoutes(store),
    ...outboundRoutes(store),
  ];
}
