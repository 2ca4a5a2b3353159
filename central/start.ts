// The running service. Read downwards it is the start order, upwards the stop order.
import { mkdirSync } from 'node:fs';
import { present } from '../kit/assert.ts';
import { systemClock } from '../kit/clock.ts';
import { createLifecycle } from '../kit/lifecycle.ts';
import type { Log } from '../kit/log.ts';
import packageJson from '../package.json' with { type: 'json' };
import { readAuthorities } from '../provisioning/authority/check.ts';
import { type CentralIdentity, loadCentralIdentity } from '../provisioning/identity.ts';
import { startAlerts } from './alerts/start.ts';
import type { Door } from './broker/door.ts';
import type { Pipe } from './broker/pipe.ts';
import { startBroker } from './broker/start.ts';
import { createChargingLoop } from './charging/loop.ts';
import { openProcessors } from './charging/open-processors.ts';
import type { Config } from './config.ts';
import { watchAuthority } from './enrolment/authority-watch.ts';
import { createCloneWatch } from './enrolment/clone-watch.ts';
import { createDenyList } from './enrolment/deny-list.ts';
import { rootFingerprint } from './enrolment/slip.ts';
import { startEst } from './enrolment/start.ts';
import { addressRefused } from './errors.ts';
import { defaultPolicy } from './feed/default-policy.ts';
import { createFeedSender } from './feed/sender.ts';
import { openFleetFile } from './fleet/sqlite/fleet-file.ts';
import { metricsText } from './http/metrics.ts';
import { type HttpServer, openHttpServer } from './http/server.ts';
import { createAnswers } from './intake/answers.ts';
import { createIntake, refusedReports } from './intake/intake.ts';
import { exportSpans } from './latency/exporting.ts';
import type { LedgerPort } from './ledger/port.ts';
import { databasePath } from './ledger/sqlite/open.ts';
import { startThreadStore } from './ledger/sqlite/thread-store.ts';
import { hashApiKey, newApiKey } from './people/keys.ts';
import { startReviewClock } from './people/review-clock.ts';
import { type RolloutLoop, startRolloutLoop } from './rollout/loop.ts';
import { releasesFolder } from './rollout/releases-folder.ts';
import { serveReleases } from './rollout/serve-releases.ts';
import { proveStore, serviceLine } from './service-line.ts';
import type { AnnouncedReport } from './webhooks/port.ts';
import { createSightings } from './webhooks/sightings.ts';
import { type RunningWebhooks, startWebhooks } from './webhooks/start.ts';

export interface RunningCentral {
  httpPort: number;
  /** Null with an external broker. */
  mqttPort: number | null;
  /** Null without [est]. */
  estPort: number | null;
  /** Null without a processor. */
  webhookPort: number | null;
  /** As it was started. */
  identity: CentralIdentity;
  /**
   * Reads what goes with this identity, and answers how to take it: this server certificate, these authorities and the issuing CA
   * count from then on; connections stand.
   * @throws ProvisioningError when the issuing CA cannot be used
   */
  prepare(identity: CentralIdentity): () => void;
  /** How central is, in a line, after its store has read and written. @throws when it could not */
  look(): Promise<string>;
  stop(): Promise<void>;
}

/** What launchers and operators must see whatever the log level: the key and the ports. */
export type Announce = (fields: object, message: string) => void;

const { version: release } = packageJson;

/** At a stop: what is not answered by then has to be looked up, which at some processors takes an hour. */
const callsMsMax = 5000;

/**
 * Starts central and resolves when everything listens.
 * @param failed called when the store thread is gone: the process must end, its supervisor starts it again
 */
export async function startCentral(
  config: Config,
  parts: {
    log: Log;
    announce: Announce;
    /** A processor has a report to download. */
    onReport(report: AnnouncedReport): void;
    failed(error: Error): void;
  },
): Promise<RunningCentral> {
  const { log, announce } = parts;
  const clock = systemClock();
  const nowMs = () => clock.wallMs();
  const lifecycle = createLifecycle(log, 1000);
  try {
    const identity = loadCentralIdentity(config.identityFolder);
    const held = { identity, authorities: readAuthorities(identity.caPem) };
    mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });

    const wiring: {
      store: LedgerPort | null;
      pipe: Pipe | null;
      webhooks: RunningWebhooks | null;
      door: Door | null;
      rollouts: RolloutLoop | null;
      http: HttpServer | null;
    } = {
      ...{ store: null, pipe: null, webhooks: null, door: null, rollouts: null, http: null },
    };
    const sightings = (name: string) =>
      createSightings(name, () => present(wiring.store, 'the store of webhooks'));
    const processors = await openProcessors(config, { clock, env: process.env, sightings });
    const denied = createDenyList();
    const loadDenied = async () => {
      const entries = await wiring.store?.denyEntries(nowMs());
      if (!entries) return;
      denied.take(entries);
      wiring.door?.closeDenied();
    };
    /** Another process has written; when the list cannot be read now, the next write brings it. */
    const denyAnew = () => {
      loadDenied().catch((error: Error) =>
        log.error({ error: error.message }, 'the deny list could not be read'),
      );
    };
    const spans = exportSpans(config.tracing, { clock, log });
    lifecycle.onStop('spans', spans.stop, 3000);
    const events = {
      ...spans.events,
      onStepsDue: () => charging.wake(),
      onGrown: (applianceIds: string[]) => feed.onGrown(applianceIds),
      onChangedOutside() {
        feed.onGrown();
        wiring.rollouts?.wake();
        denyAnew();
        wiring.webhooks?.wake();
      },
      onDiskTrouble: (error: string) => log.error({ error }, 'the ledger waits for the disk'),
      onFailed: parts.failed,
    };
    const routing = { ...processors.routing, reviewsRisk: config.reviews.elevatedRisk === 'review' };
    const store = await startThreadStore(databasePath(config.dataFolder), events, routing);
    wiring.store = store.port;
    lifecycle.onStop('store', store.close);
    const charging = createChargingLoop({
      ...{ store: store.port, processors: processors.opened, stopMsMax: callsMsMax },
      ...{ clock, random: Math.random, log },
    });
    lifecycle.onStop('charging', charging.stop, callsMsMax + 1000);
    const answers = createAnswers(
      identity.signingKey,
      (topic, payload) => wiring.pipe?.publish(topic, payload) ?? false,
    );
    const feed = createFeedSender({ store: store.port, answers, clock, log });
    // Nothing is awaited before all that the store thread speaks to is there: a backlog makes feeds grow at once.
    const recovered = await store.port.recoverSent(nowMs());
    if (recovered > 0)
      log.warn({ calls: recovered }, 'calls were on their way when central ended; looking them up');
    charging.wake();
    await store.port.ensurePolicy(defaultPolicy);
    const operatorKey = newApiKey();
    if (await store.port.ensureFirstKey(hashApiKey(operatorKey), nowMs())) {
      announce({ operatorKey }, 'operator API key, shown once');
    }

    await loadDenied();
    const clones = createCloneWatch({ store: store.port, nowMs, log });
    const est =
      config.est === undefined
        ? null
        : await startEst({
            config: config.est,
            identity,
            identityFolder: config.identityFolder,
            store: store.port,
            denied,
            releases: serveReleases({
              ...{ store: store.port, clock, random: Math.random },
              folder: releasesFolder(config.dataFolder),
              bytesPerSecondMax: config.est.releaseBytesPerSecondMax,
            }),
            onRevoked: denyAnew,
            nowMs,
            log,
          });
    if (est) lifecycle.onStop('est', est.close);
    const authority = watchAuthority({
      store: store.port,
      issuing: () => est?.issuing() ?? null,
      serverCertificatePem: () => held.identity.serverCertificatePem,
      clock,
      log,
    });
    lifecycle.onStop('authority', authority.stop);

    const fleet = openFleetFile(config.dataFolder, { clock, log });
    lifecycle.onStop('fleet', fleet.close);
    const intake = createIntake({
      ...{ store: store.port, answers, feed, denied, clones, fleet, nowMs, log },
      authorities: () => held.authorities,
      ...config.pace,
    });
    lifecycle.onStop('intake', intake.idle);
    lifecycle.onStop('feed', feed.stop);

    const rollouts = startRolloutLoop({
      ...{ store: store.port, reports: fleet, clock, log },
      onTurned: () => wiring.http?.tell('turnRollout'),
    });
    wiring.rollouts = rollouts;
    lifecycle.onStop('rollouts', rollouts.stop);

    const reviewClock = startReviewClock({ store: store.port, rules: config.reviews, clock, log });
    lifecycle.onStop('reviews', reviewClock.stop);

    // Another's broker says when a connection ends, and of one that stands nothing.
    const connected = (applianceId: string) =>
      wiring.door?.isConnected(applianceId) ?? (intake.isGone(applianceId) ? false : null);
    const alerts = startAlerts(config.alerts, {
      ...{ store: store.port, reports: fleet, connected, lifecycle, clock, log },
      refusedReports: () => refusedReports(intake.ignored()),
      authority: async () => (await authority.look()).conditions,
      onChanged: () => wiring.http?.tell('changeAlerts'),
    });

    const http = await openHttpServer({
      ...config.http,
      store: store.port,
      ignoredFrames: intake.ignored,
      fleet: { reports: fleet, past: fleet, doctors: fleet, connected, lastFacts: alerts.lastFacts },
      metrics: () =>
        metricsText({
          version: release,
          fleet: alerts.summary(),
          nowMs: nowMs(),
          connections: wiring.door?.connections() ?? null,
          reports: fleet.taken(),
          ignored: intake.ignored(),
          processors: charging.view(),
        }),
      processors: charging.view,
      reviews: config.reviews,
      payouts: config.payouts,
      people: config.people,
      enrolment: {
        place: config.est ? { estUrl: config.est.url, root: rootFingerprint(config.identityFolder) } : null,
        onDenied: loadDenied,
        authority: authority.look,
      },
      onRollout: rollouts.wake,
      nowMs,
      log,
    });
    wiring.http = http;
    lifecycle.onStop('http', http.close);

    const webhooks = await startWebhooks({
      config: config.webhooks,
      processors: new Map([...processors.opened].map(([name, { port }]) => [name, port])),
      store: store.port,
      onReport: parts.onReport,
      clock,
      log,
    });
    wiring.webhooks = webhooks;
    lifecycle.onStop('webhooks', webhooks.stop);

    const door = await startBroker(config.broker, {
      events: intake,
      identity: () => held.identity,
      ...{ denied, clones, lifecycle, clock, log },
      onPipe(pipe) {
        wiring.pipe = pipe;
      },
    });
    wiring.door = door;
    const ports = {
      ...{ httpPort: http.port, mqttPort: door?.port ?? null, webhookPort: webhooks.port },
      estPort: est?.port ?? null,
    };
    announce(ports, 'ready');
    return {
      ...ports,
      identity,
      prepare(next) {
        const authorities = readAuthorities(next.caPem);
        const renewEst = est?.prepare(next);
        return () => {
          Object.assign(held, { identity: next, authorities });
          door?.renew(next);
          renewEst?.();
        };
      },
      look: async () => serviceLine(await proveStore(store.port), door?.connections() ?? null),
      stop: lifecycle.stop,
    };
  } catch (error) {
    await lifecycle.stop();
    throw addressRefused(error) ?? error;
  }
}
