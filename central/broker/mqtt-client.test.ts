// Central beside a broker of somebody else: over TLS, and again after the broker was away.
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTopic, upFilter } from '../../contract/topics.ts';
import { systemClock } from '../../kit/clock.ts';
import { type CentralIdentity, loadCentralIdentity } from '../../provisioning/identity.ts';
import { createTestSite, keptLog, type TestSite } from '../fixtures/site.ts';
import { centralClientId, createMqttClient, dialTls } from './mqtt-client.ts';
import type { Pipe } from './pipe.ts';

describe('the MQTT client', () => {
  let site: TestSite;
  let identity: CentralIdentity;
  let pipe: Pipe | null = null;

  beforeEach(async () => {
    site = await createTestSite();
    identity = loadCentralIdentity(`${site.authority}/central`);
  });
  afterEach(async () => {
    await pipe?.close();
    site.remove();
  });

  /** A broker that knows nothing of ours: it takes every client with a certificate of the authority. */
  async function foreignBroker(port: number) {
    const aedes = await Aedes.createBroker();
    const sockets = new Set<TLSSocket>();
    const { serverKeyPem: key, serverCertificatePem: cert, caPem: ca } = identity;
    const server = createServer({ key, cert, ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
      sockets.add(socket);
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      heard: () =>
        new Promise<string>((resolve) =>
          aedes.on('publish', (packet, client) => client && resolve(packet.topic)),
        ),
      say: (topic: string, payload: string) =>
        new Promise<void>((resolve) =>
          aedes.publish(
            { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false },
            () => resolve(),
          ),
        ),
      async close() {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => aedes.close(() => resolve()));
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it('hears and speaks through a foreign broker, and again after that was away', async () => {
    const topic = buildTopic({ applianceId: 'box-1', direction: 'up', frame: 'bye' });
    const down = buildTopic({ applianceId: 'box-1', direction: 'down', frame: 'receipt' });
    const log = keptLog();
    const heard: string[] = [];
    const first = await foreignBroker(0);
    const client = createMqttClient({
      dial: () => dialTls(new URL(`mqtts://localhost:${first.port}`), identity),
      clientId: centralClientId,
      filter: upFilter,
      events: {
        async onPayload(_, payload) {
          heard.push(payload.toString());
        },
      },
      clock: systemClock(),
      random: () => 0.1,
      log,
    });
    pipe = client.pipe;
    await client.subscribed;
    await first.say(topic, 'one');
    await expect.poll(() => heard).toEqual(['one']);
    const spoken = first.heard();
    expect(pipe.publish(down, Buffer.from('x'))).toBe(true);
    expect(await spoken).toBe(down);

    await first.close();
    await expect.poll(() => pipe?.publish(down, Buffer.from('lost'))).toBe(false);
    const second = await foreignBroker(first.port);
    await log.line('broker link recovered');
    await second.say(topic, 'two');
    await expect.poll(() => heard).toEqual(['one', 'two']);
    await pipe.close();
    await second.close();
  });
});
