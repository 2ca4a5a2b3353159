// Every route of the operators' HTTP, room by room. Answers are camelCase; amounts are integer minor units; a page ends
// with nextCursor null.
import type { Log } from '../../kit/log.ts';
import { alertRoutes } from '../alerts/routes.ts';
import type { ProcessorView } from '../charging/loop.ts';
import { processorRoutes } from '../charging/processor-routes.ts';
import { chargingRoutes } from '../charging/routes.ts';
import type { LiveFleet } from '../dashboard/live-fleet.ts';
import { dashboardRoutes } from '../dashboard/routes.ts';
import type { Doctors } from '../doctor/port.ts';
import { doctorRoutes } from '../doctor/routes.ts';
import { doubtRoutes } from '../doubts/routes.ts';
import { identityRoutes } from '../enrolment/identity-routes.ts';
import { type AuthorityState, type EnrolmentPlace, enrolmentRoutes } from '../enrolment/routes.ts';
import { feedRoutes } from '../feed/routes.ts';
import { type FleetParts, fleetRoutes } from '../fleet/routes.ts';
import type { IgnoredFrames } from '../intake/intake.ts';
import { intakeRoutes } from '../intake/routes.ts';
import { latencyRoutes } from '../latency/routes.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { ledgerRoutes } from '../ledger/routes.ts';
import type { PayoutsConfig } from '../payouts/config.ts';
import { payoutRoutes } from '../payouts/routes.ts';
import { auditRoutes } from '../people/audit-routes.ts';
import { keyRoutes } from '../people/key-routes.ts';
import type { PeopleConfig } from '../people/people-config.ts';
import { personRoutes } from '../people/person-routes.ts';
import { reviewRoutes } from '../people/review-routes.ts';
import type { ReviewRules } from '../people/reviews.ts';
import { sessionRoutes } from '../people/session-routes.ts';
import { reconciliationRoutes } from '../reconciliation/routes.ts';
import { rolloutRoutes } from '../rollout/routes.ts';
import { syntheticRoutes } from '../synthetic/routes.ts';
import { outboundRoutes } from '../webhooks/outbound-routes.ts';
import { webhookRoutes } from '../webhooks/routes.ts';
import type { Route } from './route.ts';

export interface RouteParts {
  store: LedgerPort;
  /** What intake has dropped since the start. */
  ignoredFrames(): IgnoredFrames[];
  fleet: FleetParts;
  /** How the processors stand. */
  processors(): ProcessorView[];
  reviews: ReviewRules;
  payouts: PayoutsConfig;
  enrolment: EnrolmentParts;
  /** A rollout was made, or somebody acted on one. */
  onRollout?: () => void;
  people: PeopleConfig;
  /** Where the operators' page is opened. */
  pageUrl: string;
  live: Pick<LiveFleet, 'rows'>;
  /** Of the newest event that viewers of the page were told. */
  position(): string;
  nowMs(): number;
  log: Log;
}

export interface EnrolmentParts {
  place: EnrolmentPlace | null;
  /** The deny list has changed. */
  onDenied(): Promise<void>;
  authority(): Promise<AuthorityState>;
}

const nothingLooked: Doctors = { doctorOf: () => null };

export function allRoutes(parts: RouteParts): Route[] {
  const { store, ignoredFrames, fleet, processors, reviews, payouts, enrolment, nowMs } = parts;
  return [
    ...ledgerRoutes(store),
    ...enrolmentRoutes(store, enrolment.place, { ...enrolment, nowMs }),
    ...identityRoutes(store, { ...enrolment, ...reviews }),
    ...intakeRoutes(ignoredFrames),
    ...fleetRoutes(store, { ...fleet, nowMs }),
    ...alertRoutes(store),
    ...syntheticRoutes(store),
    ...doctorRoutes(store, fleet.doctors ?? nothingLooked),
    ...latencyRoutes(store, { nowMs }),
    ...processorRoutes(processors),
    ...feedRoutes(store),
    ...rolloutRoutes(store, parts),
    ...dashboardRoutes(store, parts),
    ...sessionRoutes(store, parts.people, parts),
    ...personRoutes(store, parts.pageUrl),
    ...keyRoutes(store),
    ...auditRoutes(store),
    ...chargingRoutes(store),
    ...reviewRoutes(store, reviews),
    ...reconciliationRoutes(store, reviews),
    ...doubtRoutes(store),
    ...payoutRoutes(store, { ...payouts, ...reviews }),
    ...webhookRoutes(store),
    ...outboundRoutes(store),
  ];
}
