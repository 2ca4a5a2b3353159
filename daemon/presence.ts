// What the box is to central: a link with its pump once it is enrolled, and before that the attempts at a first contact.
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { ApplianceIdentity } from '../provisioning/identity.ts';
import type { Config } from './config.ts';
import type { CertificateStanding } from './http/status.ts';
import { forgetAwaited, type Who } from './identity/awaiting.ts';
import { type FirstContact, startFirstContact } from './identity/first-contact.ts';
import { readPreviousIdentity } from './identity/identity-folder.ts';
import { createIdentityInUse, type IdentityInUse } from './identity/identity-in-use.ts';
import { rememberOutages } from './identity/outages.ts';
import type { StoreClient } from './store/client.ts';
import { createEnvelope, type Envelope } from './sync/envelope.ts';
import { createMqttLink } from './sync/mqtt-link.ts';
import type { SyncProgress } from './sync/progress.ts';
import { createPump, type Pump, type PumpParts } from './sync/pump.ts';

export interface PresenceParts {
  who: Who;
  config: Config;
  configPath: string;
  store: StoreClient;
  clock: Clock;
  log: Log;
  release: string;
  progress: SyncProgress;
  /** As the pump's. */
  onFallenBack: PumpParts['onFallenBack'];
}

export interface Presence {
  /** Null before the first contact. */
  identity(): ApplianceIdentity | null;
  /** Goes by this identity of the same appliance from now on; the first one is the first contact. */
  take(identity: ApplianceIdentity): void;
  view: CertificateStanding;
  /** As the pump's; before the first contact there is nobody to tell. */
  report: Pump['report'];
  stop(): Promise<void>;
}

type State =
  | { kind: 'awaiting_first_contact'; contact: FirstContact }
  | { kind: 'enrolled'; identity: ApplianceIdentity; link: LinkUp };

interface LinkUp {
  identities: IdentityInUse;
  report: Pump['report'];
  stop(): Promise<void>;
}

const reconnectMsBase = 250;

export function startPresence(parts: PresenceParts): Presence {
  const { who, config, configPath, clock, log } = parts;
  const enrolled = (identity: ApplianceIdentity): State => ({
    kind: 'enrolled',
    identity,
    link: startLink(parts, identity),
  });
  const take = (next: ApplianceIdentity) => {
    switch (state.kind) {
      case 'awaiting_first_contact':
        void state.contact.stop();
        state = enrolled(next);
        return;
      case 'enrolled':
        state.link.identities.take(next);
        state = { ...state, identity: next };
    }
  };
  let state: State =
    who.kind === 'enrolled'
      ? enrolled(who.identity)
      : {
          kind: 'awaiting_first_contact',
          contact: startFirstContact({
            awaited: who.awaited,
            est: config.central.est,
            configPath,
            identityFolder: config.identityFolder,
            attemptMsMax: config.central.reconnectMsMax,
            become: take,
            clock,
            random: Math.random,
            log,
          }),
        };
  return {
    identity: () => (state.kind === 'enrolled' ? state.identity : null),
    take,
    view(nowMs) {
      if (state.kind === 'enrolled') return state.link.identities.view(nowMs);
      return { certificate: null, conditions: [state.contact.condition()] };
    },
    report: async (reports) => (state.kind === 'enrolled' ? state.link.report(reports) : false),
    stop: () => (state.kind === 'enrolled' ? state.link.stop() : state.contact.stop()),
  };
}

function startLink(
  { config, store, clock, log, release, progress, onFallenBack }: PresenceParts,
  identity: ApplianceIdentity,
): LinkUp {
  const { applianceId, keyPem, certificatePem, caPem } = identity;
  const { url, est, keepaliveSeconds, reconnectMsMax } = config.central;
  const time = () => store.ask('time', {});
  const identities = createIdentityInUse({
    running: identity,
    previous: readPreviousIdentity(config.identityFolder, applianceId),
    est,
    time,
    use(next) {
      const envelope = createEnvelope(next);
      const link = { ...next, lastWill: willOf(envelope) };
      pump.renew({ envelope, certificate: next.certificateDer, link });
    },
    clock,
    log,
  });
  const willOf =
    ({ seal }: Envelope) =>
    () =>
      seal('gone', { dialledMs: clock.wallMs() });
  const envelope = createEnvelope(identity);
  const mqttLink = createMqttLink(
    {
      ...{ url, applianceId, keyPem, certificatePem, caPem, keepaliveSeconds, time },
      lastWill: willOf(envelope),
      reconnect: { delayMsBase: reconnectMsBase, delayMsMax: reconnectMsMax },
    },
    clock,
    Math.random,
    log,
  );
  const link = identities.watch(rememberOutages(mqttLink, config.dataFolder, clock, log));
  const certificate = identity.certificateDer;
  const pump = createPump({
    store,
    link,
    envelope,
    clock,
    log,
    release,
    certificate,
    progress,
    onFallenBack,
  });
  pump.start();
  // What the box was before its first contact is of no use any more.
  forgetAwaited(config.dataFolder);
  return { identities, report: pump.report, stop: () => pump.stop() };
}
