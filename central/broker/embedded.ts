// The embedded broker: a pipe between appliances and central. It keeps nothing, and lets an appliance speak and hear
// in its own topics only (I8).
import { type Duplex, duplexPair } from 'node:stream';
import { Aedes, type AedesPublishPacket, type Client, type Subscription } from 'aedes';
import { limits } from '../../contract/limits.ts';
import { downFilter, parseTopic } from '../../contract/topics.ts';
import type { Log } from '../../kit/log.ts';
import { createPacketMeter } from './packet-meter.ts';

export interface EmbeddedBroker {
  /** Serves one connection as the appliance its certificate names; a second of the same id takes over the first. */
  serve(socket: Duplex, applianceId: string): void;
  /** A connection for central's own client, which may hear and say everything. */
  dial(): Duplex;
  close(): Promise<void>;
}

type Speaker = { kind: 'central' } | { kind: 'appliance'; applianceId: string };

/** Topic names and the fixed header, beside the payload. */
const packetBytesMax = limits.frameWireBytesMax + 1024;

export async function createEmbeddedBroker(log: Log, centralClientId: string): Promise<EmbeddedBroker> {
  // Who is at the other end of a connection: known before the first byte of MQTT, and never from it.
  const speakers = new WeakMap<object, Speaker>();
  const speakerOf = (client: Client | null) => (client ? speakers.get(client.conn) : undefined);
  const refuse = (client: Client | null, what: string, fields: object): Error => {
    const speaker = speakerOf(client);
    const applianceId = speaker?.kind === 'appliance' ? speaker.applianceId : undefined;
    log.warn({ applianceId, ...fields }, what);
    return new Error(what);
  };

  const broker = await Aedes.createBroker({
    // Many frames of many appliances are on their way to one client of ours at a time.
    concurrency: 1000,
    queueLimit: 200,
    maxTopicLevels: 8,
    keepaliveLimit: 0,
    connectTimeout: 10_000,
    preConnect(client, packet, done) {
      const speaker = speakers.get(client.conn);
      if (!speaker) return done(refuse(client, 'connection of a stranger', {}), false);
      if (speaker.kind === 'central') return done(null, true);
      const clientId = packet.clientId;
      if (clientId !== speaker.applianceId) {
        return done(
          refuse(client, 'client id refused: it must be the id in the certificate', { clientId }),
          false,
        );
      }
      // Sessions and wills would be kept here in memory; the two logs need neither.
      if (!packet.clean) return done(refuse(client, 'session refused: it must be clean', {}), false);
      const will = packet.will;
      if (will && !isOwnUp(will.topic, speaker.applianceId)) {
        return done(
          refuse(client, 'will refused: it speaks in a topic of somebody else', { topic: will.topic }),
          false,
        );
      }
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      const speaker = speakerOf(client);
      if (speaker?.kind === 'central') return done();
      const { topic, qos, retain } = packet;
      if (!speaker || !isOwnUp(topic, speaker.applianceId)) {
        return done(refuse(client, 'publish refused: not a topic of this appliance', { topic }));
      }
      if (retain || qos > 1)
        return done(refuse(client, 'publish refused: retained or QoS 2', { topic, qos }));
      done();
    },
    authorizeSubscribe(client, subscription: Subscription, done) {
      const speaker = speakerOf(client);
      if (speaker?.kind === 'central') return done(null, subscription);
      const { topic } = subscription;
      if (!speaker || !isOwnDown(topic, speaker.applianceId)) {
        return done(refuse(client, 'subscription refused: not a topic of this appliance', { topic }));
      }
      done(null, subscription);
    },
    // The second lock on the same door: nothing is forwarded that was not addressed to the listener.
    authorizeForward(client, packet: AedesPublishPacket) {
      const speaker = speakerOf(client);
      if (speaker?.kind === 'central') return packet;
      return speaker && isOwnDown(packet.topic, speaker.applianceId) ? packet : null;
    },
  });
  broker.on('clientError', (client, error) =>
    log.info({ applianceId: client.id, error: error.message }, 'connection ended'),
  );
  broker.on('connectionError', (_, error) => log.info({ error: error.message }, 'connection ended'));
  broker.on('clientReady', (client) => {
    if (client.id !== centralClientId) log.info({ applianceId: client.id }, 'appliance connected');
  });

  return {
    serve(socket, applianceId) {
      speakers.set(socket, { kind: 'appliance', applianceId });
      broker.handle(socket);
      const meter = createPacketMeter(packetBytesMax);
      // The broker reads on `readable`, so that `data` tells of each chunk just before it is parsed.
      socket.on('data', (chunk: Buffer) => {
        if (meter(chunk)) {
          log.warn({ applianceId, bytesMax: packetBytesMax }, 'connection closed: packet too long');
          socket.destroy();
        }
      });
    },
    dial() {
      const [ours, theirs] = duplexPair();
      speakers.set(theirs, { kind: 'central' });
      broker.handle(theirs);
      return ours;
    },
    close: () => new Promise((resolve) => broker.close(() => resolve())),
  };
}

function isOwnUp(text: string, applianceId: string): boolean {
  const topic = parseTopic(text);
  return topic?.direction === 'up' && topic.applianceId === applianceId;
}

function isOwnDown(text: string, applianceId: string): boolean {
  if (text === downFilter(applianceId)) return true;
  const topic = parseTopic(text);
  return topic?.direction === 'down' && topic.applianceId === applianceId;
}
