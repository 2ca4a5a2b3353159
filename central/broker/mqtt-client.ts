// Central as an MQTT client: the same for the embedded broker and any other. The one file that knows the library.
import type { Duplex } from 'node:stream';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { type IClientOptions, MqttClient } from 'mqtt';
import { backoffDelayMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Pipe, PipeEvents } from './pipe.ts';

/** No appliance may be called so: an id holds no dot. */
export const centralClientId = 'holdfast.central';

const backoff = { delayMsBase: 250, delayMsMax: 30_000 };

export interface MqttClientParts {
  /** A fresh connection to the broker. */
  dial(): Duplex;
  clientId: string;
  /** What it subscribes to. */
  filter: string;
  events: PipeEvents;
  clock: Clock;
  random(): number;
  log: Log;
}

/**
 * Connects, subscribes, and connects again after any loss with full jitter.
 * `subscribed` resolves when the first subscription stands.
 */
export function createMqttClient(parts: MqttClientParts): { pipe: Pipe; subscribed: Promise<void> } {
  const { clock, events, log } = parts;
  const options: IClientOptions = {
    clientId: parts.clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: 30,
    // why 0: the library's own reconnect is a fixed interval; a fleet needs jitter.
    reconnectPeriod: 0,
    // A session is never resumed: both logs say anew where they stand.
    resubscribe: false,
  };
  const client = new MqttClient(() => parts.dial(), options);
  const state = { failures: 0, closing: false, cancelRetry: () => {} };

  client.handleMessage = (packet, done) => {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    events.onPayload(packet.topic, payload).then(
      () => done(),
      (error: Error) => {
        log.error({ topic: packet.topic, error: error.message }, 'a payload could not be handled');
        done();
      },
    );
  };
  client.on('error', (error) => {
    if (state.failures === 0) log.warn({ error: error.message }, 'broker link failed');
  });
  client.on('close', () => {
    if (state.closing) return;
    const delayMs = backoffDelayMs(backoff, state.failures++, parts.random);
    state.cancelRetry = clock.after(delayMs, () => client.reconnect());
  });

  const subscribed = new Promise<void>((resolve) => {
    client.on('connect', () => {
      client.subscribe(parts.filter, { qos: 1 }, (error) => {
        if (error) {
          log.error({ error: error.message }, 'the broker refused the subscription');
          client.stream?.destroy();
          return;
        }
        if (state.failures > 0) log.info({ failures: state.failures }, 'broker link recovered');
        state.failures = 0;
        resolve();
      });
    });
  });

  const pipe: Pipe = {
    publish(topic, payload) {
      if (!client.connected) return false;
      client.publish(topic, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), { qos: 1 });
      return true;
    },
    async close() {
      state.closing = true;
      state.cancelRetry();
      await client.endAsync(true);
    },
  };
  return { pipe, subscribed };
}

/** Dials an external broker with central's own certificate. */
export function dialTls(
  url: URL,
  identity: { serverKeyPem: string; serverCertificatePem: string; caPem: string },
): TLSSocket {
  return tlsConnect({
    host: url.hostname,
    port: Number(url.port || 8883),
    servername: url.hostname,
    key: identity.serverKeyPem,
    cert: identity.serverCertificatePem,
    ca: identity.caPem,
    minVersion: 'TLSv1.3',
  });
}
