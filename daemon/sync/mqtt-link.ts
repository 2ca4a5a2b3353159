// The link over MQTT 3.1.1 with mutual TLS: the only file of the daemon that knows the protocol.
//
// The library's own reconnect is a fixed interval that gives up after a refused CONNECT, and its offline queue sits in
// memory. Both are off: we reconnect with full jitter, and publish only while connected.
import type { TLSSocket } from 'node:tls';
import mqtt, { type MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import { limits } from '../../contract/limits.ts';
import { buildTopic, downFilter, parseTopic } from '../../contract/topics.ts';
import { type BackoffLimits, backoffDelayMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { judgeSocket } from '../identity/judge-socket.ts';
import type { TimeKnown } from '../identity/server-time.ts';
import type { Borne, Link, LinkEvents, LinkIdentity } from './link.ts';

export interface MqttLinkOptions extends LinkIdentity {
  url: string;
  applianceId: string;
  keepaliveSeconds: number;
  reconnect: BackoffLimits;
  /** What is known of the time, for central's certificates. */
  time(): Promise<TimeKnown>;
}

// The library would keep a Buffer for each of the 65,536 packet identifiers ready: 7 MB of a small box.
mqttPacket.writeToStream.cacheNumbers = false;

const connectMsMax = 10_000;
const publishMsMax = 10_000;
/** A link that held this long forgets earlier failures. */
const goodMs = 30_000;
const anotherIdentity = 'another certificate';

export function createMqttLink(options: MqttLinkOptions, clock: Clock, random: () => number, log: Log): Link {
  const { applianceId } = options;
  let identity: LinkIdentity = options;
  let client: MqttClient | null = null;
  let drop: (reason: string) => void = () => {};
  let cancelRetry: () => void = () => {};
  let stopped = false;
  let failures = 0;
  let firstFailureMs = 0;

  return {
    start: dial,
    async send(frame, payload) {
      const current = client;
      if (!current?.connected) return false;
      const topic = buildTopic({ applianceId, direction: 'up', frame });
      let cancel: () => void = () => {};
      const late = new Promise<false>((resolve) => {
        cancel = clock.after(publishMsMax, () => resolve(false));
      });
      const sent = current.publishAsync(topic, payload, { qos: 1 }).then(
        () => true,
        () => false,
      );
      return Promise.race([sent, late]).finally(cancel);
    },
    renew(next) {
      identity = next;
      drop(anotherIdentity);
    },
    distrust: (reason) => drop(reason),
    async stop() {
      stopped = true;
      cancelRetry();
      await client?.endAsync().catch(() => {});
    },
  };

  function dial(events: LinkEvents): void {
    options.time().then(
      (time) => !stopped && connect(events, time),
      // The store is gone, and the process with it.
      (error: Error) => log.error({ error: error.message }, 'could not dial central'),
    );
  }

  function connect(events: LinkEvents, time: TimeKnown): void {
    const { hostname } = new URL(options.url);
    const current = mqtt.connect(options.url, {
      clientId: applianceId,
      protocolVersion: 4,
      clean: true,
      will: {
        topic: buildTopic({ applianceId, direction: 'up', frame: 'gone' }),
        payload: identity.lastWill(),
        ...{ qos: 1, retain: false },
      },
      key: identity.keyPem,
      cert: identity.certificatePem,
      ca: identity.caPem,
      // Handed on to node:tls as it is. A kiosk waits for the answer to a small frame: no gathering in the kernel.
      ...{ minVersion: 'TLSv1.3', noDelay: true },
      // why false: a clock of 1970 must not cut the link. judgeSocket asks what OpenSSL has found, before a word is heard.
      rejectUnauthorized: false,
      keepalive: options.keepaliveSeconds,
      connectTimeout: connectMsMax,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
    });
    client = current;
    let upSinceMs: number | null = null;
    let proved = false;
    let borne: Borne | null = null;
    let reason = 'connection closed';
    drop = (why) => {
      reason = why;
      current.end(true);
    };

    // Our certificate is judged after this: TLS 1.3 lets the client finish first (RFC 8446 §2).
    current.stream.once('secureConnect', () => {
      const roots = parseCertificates(identity.caPem);
      const judged = judgeSocket(current.stream as TLSSocket, roots, hostname, time);
      switch (judged.kind) {
        case 'refused':
          events.onDistrust?.(judged.error);
          reason = judged.error.message;
          current.stream.destroy();
          return;
        case 'borne':
          borne = { dates: judged.dates, time };
          break;
        case 'believed':
          break;
      }
      proved = true;
    });
    current.on('connect', () => {
      current.subscribe(downFilter(applianceId), { qos: 1 }, (error, granted) => {
        if (error || granted?.some(({ qos }) => qos > 1)) {
          reason = 'subscription refused';
          current.end(true);
          return;
        }
        upSinceMs = clock.monotonicMs();
        reportRecovery();
        events.onUp(borne);
      });
    });
    current.on('message', (topic, payload) => {
      const parsed = parseTopic(topic);
      if (parsed?.direction !== 'down' || payload.length > limits.frameWireBytesMax) return;
      events.onFrame(parsed.frame, payload);
    });
    current.on('error', (error) => {
      reason = error.message || (error as NodeJS.ErrnoException).code || 'connection failed';
    });
    current.on('close', () => {
      if (client !== current) return;
      client = null;
      drop = () => {};
      current.removeAllListeners();
      // The library may still report on a socket that is gone.
      current.on('error', () => {});
      current.end(true);
      if (upSinceMs !== null) {
        if (clock.monotonicMs() - upSinceMs >= goodMs) failures = 0;
        events.onDown(reason);
      } else if (proved && !stopped && reason !== anotherIdentity) events.onRefused?.();
      if (!stopped) retry(events, reason);
    });
  }

  /** The first failure is logged, then silence until it is over. */
  function retry(events: LinkEvents, reason: string): void {
    if (failures === 0) {
      firstFailureMs = clock.monotonicMs();
      log.warn({ reason }, 'the link to central is down; selling goes on');
    }
    const delayMs = backoffDelayMs(options.reconnect, failures++, random);
    cancelRetry = clock.after(delayMs, () => dial(events));
  }

  function reportRecovery(): void {
    const downMs = failures === 0 ? 0 : clock.monotonicMs() - firstFailureMs;
    log.info({ failures, downMs }, 'the link to central is up');
  }
}
