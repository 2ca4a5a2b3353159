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
  door: { condition(): Condition | null };
  identity: Identity;
  certificate: CertificateStanding | undefined;
  counters: { cardNumbersRefused: number };
}

/** @returns what reads the status as the route answers it */
export function addStatusRoutes(
  router: Router,
  { store, door, identity, certificate, counters }: StatusParts,
): () => Promise<Status> {
  const statusNow = async (): Promise<Status> => {
    const { siteMs, ...known } = await store.ask('status', {});
    const standing = certificate?.(siteMs) ?? { certificate: null, conditions: [] };
    const conditions = [...known.conditions, ...standing.conditions, door.condition()].filter(
      (condition) => condition !== null,
    );
    return { ...identity, ...known, ...counters, certificate: standing.certificate, conditions };
  };
  router.get('/v1/status', async (ctx) => {
    answerJson(ctx, await statusNow());
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
