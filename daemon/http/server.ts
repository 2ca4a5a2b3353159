// The HTTP interface for kiosks. It knows the store and nothing of the link: what it answers is durable.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Router from '@koa/router';
import { ProxyTracerProvider, type Tracer } from '@opentelemetry/api';
import Koa from 'koa';
import type { Status } from '../../contract/kiosk-api.ts';
import type { Kiosk } from '../../contract/pairing.ts';
import type { Trouble } from '../../contract/technician-api.ts';
import { apiHeaders } from '../../kit/api-headers.ts';
import { type Clock, systemClock } from '../../kit/clock.ts';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import { createFlagClient } from '../flags/client.ts';
import { StoreBusyError, type StoreClient } from '../store/client.ts';
import type { KioskDoor } from '../store/kiosks/door.ts';
import type { BoxKey } from '../synthetic/box-key.ts';
import type { Synthetics } from '../synthetic/runner.ts';
import type { TechnicianDoor } from '../technician/door.ts';
import type { Examiner } from '../technician/examination.ts';
import { identifyCaller, type OwnCalls } from './caller.ts';
import { addDocumentRoutes } from './documents.ts';
import { addEventRoute } from './events.ts';
import { addFlagRoute } from './flags.ts';
import { addFulfilmentRoute } from './fulfilment.ts';
import type { LanCertificate } from './lan-certificate.ts';
import { createLive, type Live, type LiveOptions } from './live.ts';
import { type MetricsParts, serveMetrics, timeRequests } from './metrics.ts';
import { addOpenApiRoute } from './openapi.ts';
import { servePages } from './pages.ts';
import { addPairingRoutes } from './pairings.ts';
import { answerProblem, ProblemError } from './problems.ts';
import { addQuoteRoutes } from './quotes.ts';
import { requireScope } from './scopes.ts';
import { addSlipRoutes } from './slips.ts';
import { addStatusRoutes, type CertificateStanding, type Identity } from './status.ts';
import { addSyntheticRoute } from './synthetic.ts';
import { addTechnicianRoutes } from './technician.ts';
import { createTracing } from './tracing.ts';
import { createWaitingRoom } from './waiting-room.ts';

export interface HttpOptions {
  /** Of this machine: plain HTTP, for loopback only. */
  host: string;
  port: number;
  connectionsMax: number;
  requestMsMax: number;
  /** Unless told: no token on loopback, no limit on rates, no pages of other origins, nothing but loopback. */
  kioskAuth?: 'loopback_open' | 'required';
  ratePerMinute?: number | null;
  loopbackRatePerMinute?: number | null;
  corsOrigins?: readonly string[];
  /** Where the appliance stands, by the name that flags use; unless told, nobody knows. */
  site?: string | null;
  /** Of the local network: the same over TLS. */
  lan?: LanOptions | null;
}

interface LanOptions {
  host: string;
  port: number;
  tls: LanCertificate;
}

export interface HttpServer {
  port: number;
  /** Null when nothing is offered to the local network. */
  lanPort: number | null;
  /** Goes by these from now on; connections and event streams stand. Of `lan` only the certificate may be another. */
  reload(
    options: Pick<LiveOptions, 'corsOrigins' | 'ratePerMinute' | 'loopbackRatePerMinute'> & {
      tls: LanCertificate | null;
    },
  ): void;
  /** Checkouts whose kiosks have no answer yet. */
  inFlight(): number;
  /** How the appliance is, as it answers it. */
  status(): Promise<Status>;
  /** Takes no new connections, lets what runs finish, then closes. */
  stop(): Promise<void>;
}

interface HttpParts {
  store: Pick<StoreClient, 'ask' | 'lastSeq' | 'onDecided' | 'onChanged'>;
  identity: Identity;
  certificate?: CertificateStanding;
  log: Log;
  /** Without it no kiosk can pair, and no token is known. */
  kiosks?: { door: KioskDoor; clock: Clock };
  /** Without it nothing is counted, and /metrics is not there. */
  metrics?: MetricsParts & { took(ms: number, failed: boolean): void };
  /** Without it there is nothing behind the technician's page. */
  /** Makes the spans; without it nobody collects them. */
  tracer?: Tracer;
  /** Without it the box makes no synthetic checkouts. */
  synthetic?: { synthetics: Pick<Synthetics, 'run' | 'expected' | 'condition'>; boxKey: BoxKey };
  technician?: { door: TechnicianDoor; examiner: Examiner; troubles: () => Trouble[]; folder: string };
}

/** Serves until stopped. Rejects when an address cannot be had. */
export async function startHttp(options: HttpOptions, parts: HttpParts): Promise<HttpServer> {
  const { app, live, statusNow, endWaits, inFlight } = createApp(options, parts);
  const handle = app.callback();
  const servers: Server[] = [];
  const open = async (server: Server, at: { host: string; port: number }) => {
    server.maxConnections = options.connectionsMax;
    const port = await listen(server, at.port, at.host);
    servers.push(server);
    return port;
  };
  const stop = async () => {
    endWaits();
    await Promise.all(servers.map(close));
  };
  try {
    const port = await open(createServer(timeLimits(options), handle), options);
    const { lan = null } = options;
    const lanServer = lan && createTlsServer(tlsOptions(options, lan), handle);
    const lanPort = lanServer && lan ? await open(lanServer, lan) : null;
    const reload: HttpServer['reload'] = ({ tls, ...rest }) => {
      live.take({ ...rest, lan: lan && { host: lan.host, tls: tls ?? lan.tls } });
      // Handshakes to come see it; what is connected stays.
      if (tls) lanServer?.setSecureContext(secureContext(tls));
    };
    return { port, lanPort, reload, inFlight, status: statusNow, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function timeLimits({ requestMsMax }: HttpOptions) {
  return {
    requestTimeout: requestMsMax,
    headersTimeout: Math.min(5000, requestMsMax),
    connectionsCheckingInterval: 1000,
  };
}

function tlsOptions(options: HttpOptions, { tls }: LanOptions) {
  const { headersTimeout, ...limits } = timeLimits(options);
  return {
    ...limits,
    headersTimeout,
    handshakeTimeout: headersTimeout,
    ...secureContext(tls),
  };
}

function secureContext({ keyPem, certificatePem }: LanCertificate) {
  return { key: keyPem, cert: certificatePem, minVersion: 'TLSv1.2' as const };
}

const noTracer = new ProxyTracerProvider().getTracer('holdfast');

/** An appliance that no kiosk was ever paired with. */
const nobody = { kioskOf: () => null, condition: () => null };

/** The application and, for whoever describes it, the router with every route there is. */
export function createApp(
  options: HttpOptions,
  { store, identity, certificate, log, kiosks, technician, metrics, synthetic, tracer = noTracer }: HttpParts,
): {
  app: Koa;
  router: Router;
  live: Live;
  statusNow: () => Promise<Status>;
  endWaits: () => void;
  inFlight: () => number;
} {
  const app = new Koa();
  const counters = { cardNumbersRefused: 0 };
  const door = kiosks?.door ?? nobody;
  const { lan = null, kioskAuth = 'loopback_open', corsOrigins = [], site = null } = options;
  const { ratePerMinute = null, loopbackRatePerMinute = null } = options;
  const live = createLive({ ratePerMinute, loopbackRatePerMinute, corsOrigins, lan });
  const router = new Router();
  // Before the routes: it is run for each of them, and for no path that is none.
  router.use(requireScope(kioskAuth === 'required'));
  if (kiosks) addPairingRoutes(router, { kiosks: kiosks.door, clock: kiosks.clock, log });
  const waitingRoom = createWaitingRoom(store);
  const tracing = createTracing({ tracer, clock: kiosks?.clock ?? systemClock(), store });
  addDocumentRoutes(router, store, waitingRoom, tracing);
  addFulfilmentRoute(router, store);
  addQuoteRoutes(router, store);
  addSlipRoutes(router, store, identity.applianceId);
  const doors = [
    door,
    ...(technician ? [technician.door] : []),
    ...(synthetic ? [synthetic.synthetics] : []),
  ];
  if (synthetic) addSyntheticRoute(router, synthetic.synthetics);
  const atSiteTime = addStatusRoutes(router, { store, doors, identity, certificate, counters });
  const statusNow = async () => (await atSiteTime()).status;
  addFlagRoute(router, store, createFlagClient(identity.applianceId, site));
  const events = addEventRoute(router, store, statusNow);
  addOpenApiRoute(router);
  if (kiosks && technician) {
    const { clock } = kiosks;
    const { lanEndsMs } = live;
    addTechnicianRoutes(router, {
      ...technician,
      store,
      statusNow: atSiteTime,
      site,
      lanEndsMs,
      kiosks: kiosks.door,
      clock,
      log,
    });
  }

  // Without a listener the framework prints what a broken connection left, stack and all.
  app.on('error', (error: Error) => log.info({ error: error.message }, 'a connection broke'));
  if (metrics) app.use(timeRequests(metrics.took));
  app.use(async (ctx, next) => {
    const givenId = ctx.get('X-Request-Id');
    ctx.state.requestId = requestId(givenId);
    ctx.set('X-Request-Id', ctx.state.requestId as string);
    try {
      if (holdsCardNumber(givenId)) throw new ProblemError('card_number_present');
      await next();
      if (ctx.status === 404 && ctx.body === undefined) answerProblem(ctx, 'not_found');
      // 501 is the router's word for a method that no path takes.
      if ((ctx.status === 405 || ctx.status === 501) && ctx.body === undefined) {
        answerProblem(ctx, 'method_not_allowed');
      }
    } catch (error) {
      answerError(ctx, error);
    }
  });
  app.use(apiHeaders());
  app.use(live.hosts);
  if (metrics) app.use(serveMetrics(metrics));
  app.use(live.cors);
  app.use(identifyCaller(door, live.rates, synthetic ? ownCalls(synthetic) : null));
  app.use(servePages());
  app.use(router.routes());
  app.use(router.allowedMethods());
  const endWaits = () => {
    events.close();
    waitingRoom.close();
  };
  return { app, router, live, statusNow, endWaits, inFlight: waitingRoom.inFlight };

  function answerError(ctx: Koa.Context, error: unknown): void {
    const requestId = ctx.state.requestId as string;
    if (error instanceof ProblemError) {
      if (error.code === 'card_number_present') counters.cardNumbersRefused++;
      const kiosk = (ctx.state.kiosk as Kiosk | null | undefined)?.name;
      log.info(
        { requestId, kiosk, code: error.code, route: ctx._matchedRoute as string },
        'refused a request',
      );
      answerProblem(ctx, error.code, error.errors, error.detail);
    } else if (error instanceof StoreBusyError) {
      answerProblem(ctx, 'busy');
    } else {
      log.error({ requestId, error: (error as Error).message }, 'failed on a request');
      answerProblem(ctx, 'internal_error');
    }
  }
}

function ownCalls({ synthetics, boxKey }: NonNullable<HttpParts['synthetic']>): OwnCalls {
  return { expected: synthetics.expected, isAtTheBox: boxKey.fits };
}

/** The kiosk's own request id when it is one, for it stands in our logs. */
function requestId(given: string): string {
  return /^[\w-]{1,64}$/.test(given) && !holdsCardNumber(given) ? given : randomUUID();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection that falls idle after its last answer would keep the server for seconds.
    const closing = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(closing);
      resolve();
    });
  });
}
