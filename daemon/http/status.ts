// Routes that say how the appliance is.
import type Router from '@koa/router';
import type { Condition, Status } from '../../contract/kiosk-api.ts';
import type { StoreClient } from '../store/client.ts';
import { answerJson } from './json.ts';

export interface Identity {
  applianceId: string;
  release: string;
}

/** How the certificate stands at this time of the site. */
export type CertificateStanding = (nowMs: number) => Pick<Status, 'certificate' | 'conditions'>;

interface StatusParts {
  store: Pick<StoreClient, 'ask'>;
  /** Kiosks come in by one, technicians by another. */
  doors: readonly { condition(): Condition | null }[];
  identity: Identity;
  certificate: CertificateStanding | undefined;
  counters: { cardNumbersRefused: number };
}

/** The status as the route answers it, and the site's best estimate of the time. */
export type StatusNow = () => Promise<{ status: Status; siteMs: number }>;

/** @returns what reads it */
export function addStatusRoutes(
  router: Router,
  { store, doors, identity, certificate, counters }: StatusParts,
): StatusNow {
  const statusNow: StatusNow = async () => {
    const { siteMs, ...known } = await store.ask('status', {});
    const standing = certificate?.(siteMs) ?? { certificate: null, conditions: [] };
    const ofDoors = doors.map((door) => door.condition());
    const conditions = [...known.conditions, ...standing.conditions, ...ofDoors].filter(
      (condition) => condition !== null,
    );
    const status = { ...identity, ...known, ...counters, certificate: standing.certificate, conditions };
    return { status, siteMs };
  };
  router.get('/v1/status', async (ctx) => {
    answerJson(ctx, (await statusNow()).status);
  });

  /** Alive: the event loop turns. */
  router.get('/livez', (ctx) => {
    answerJson(ctx, { status: 'ok' });
  });

  /** Ready: the store answers and there is something to sell by. The link does not matter. */
  router.get('/readyz', async (ctx) => {
    const { catalogue, policy } = await store.ask('status', {});
    const ready = catalogue.version > 0 && policy.version > 0;
    ctx.status = ready ? 200 : 503;
    answerJson(ctx, { status: ready ? 'ready' : 'waiting_for_feed' });
  });
  return statusNow;
}
