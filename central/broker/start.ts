// Central's connection to its appliances: through a broker of its own behind a door, or through one of somebody else.
import type { Duplex } from 'node:stream';
import { upFilter } from '../../contract/topics.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Lifecycle } from '../../kit/lifecycle.ts';
import type { Log } from '../../kit/log.ts';
import type { CentralIdentity } from '../../provisioning/identity.ts';
import type { Config } from '../config.ts';
import type { CloneWatch } from '../enrolment/clone-watch.ts';
import type { DenyList } from '../enrolment/deny-list.ts';
import { type Door, openDoor } from './door.ts';
import { createEmbeddedBroker } from './embedded.ts';
import { centralClientId, createMqttClient, dialTls } from './mqtt-client.ts';
import type { Pipe, PipeEvents } from './pipe.ts';

export interface BrokerParts {
  events: PipeEvents;
  /** As it is when a connection is made: it may be renewed while central runs. */
  identity(): CentralIdentity;
  denied: DenyList;
  clones: CloneWatch;
  onPipe(pipe: Pipe): void;
  lifecycle: Lifecycle;
  clock: Clock;
  log: Log;
}

/** @returns the door; null where the broker is somebody else's */
export async function startBroker(settings: Config['broker'], parts: BrokerParts): Promise<Door | null> {
  const { events, identity, denied, clones, lifecycle, clock, log } = parts;
  const connect = (dial: () => Duplex): Promise<void> => {
    const client = { clientId: centralClientId, filter: upFilter, events, clock, random: Math.random, log };
    const { pipe, subscribed } = createMqttClient({ ...client, dial });
    parts.onPipe(pipe);
    lifecycle.onStop('mqtt client', pipe.close);
    return subscribed;
  };

  if (settings.mode === 'external') {
    const url = new URL(settings.url);
    // Operators can look while the broker is away.
    void connect(() => dialTls(url, identity()));
    return null;
  }
  const broker = await createEmbeddedBroker(log, centralClientId);
  lifecycle.onStop('broker', broker.close);
  // Central listens before anybody can speak.
  await connect(broker.dial);
  const door = await openDoor({
    ...settings,
    ...{ identity: identity(), denied, nowMs: clock.wallMs, log },
    onTakeover: clones.noteTakeover,
    onAppliance: broker.serve,
  });
  lifecycle.onStop('door', door.close);
  return door;
}
