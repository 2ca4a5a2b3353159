// Who may come in, and what they may say (I8): real TLS, real certificates, a real MQTT client that misbehaves.
import { connect as tlsConnect } from 'node:tls';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import {
  type ApplianceIdentity,
  loadApplianceIdentity,
  loadCentralIdentity,
} from '../../provisioning/identity.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';

describe('the door', () => {
  let site: TestSite;
  let central: Awaited<ReturnType<TestSite['start']>>;
  let box: ApplianceIdentity;
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    site = await createTestSite();
    central = await site.start();
    box = loadApplianceIdentity(await site.appliance('box-1'));
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  });
  afterAll(async () => {
    await central.stop();
    site.remove();
  });

  const dial = (identity: Partial<ApplianceIdentity>) =>
    tlsConnect({
      host: '127.0.0.1',
      port: central.mqttPort,
      servername: 'localhost',
      ca: box.caPem,
      ...(identity.keyPem ? { key: identity.keyPem, cert: identity.certificatePem } : {}),
    });
  /** Resolves when the server has closed the connection. */
  const shut = (identity: Partial<ApplianceIdentity>) =>
    new Promise<void>((resolve) => {
      const socket = dial(identity);
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  const enter = (options: IClientOptions = {}, identity = box) => {
    const client = new mqtt.MqttClient(() => dial(identity), {
      clientId: identity.applianceId,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => {});
    clients.push(client);
    return client;
  };
  const closed = (client: MqttClient) =>
    new Promise<void>((resolve) => client.once('close', () => resolve()));
  const connected = (client: MqttClient) =>
    new Promise<void>((resolve) => client.once('connect', () => resolve()));

  it('refuses a connection without a certificate and logs the reason', async () => {
    await shut({});
    await central.log.line('connection refused', { reason: 'no_certificate' });
  });

  it('refuses a certificate of another authority and logs the reason', async () => {
    const other = await createTestSite();
    await shut(loadApplianceIdentity(await other.appliance('box-1')));
    await central.log.line('connection refused', { reason: 'other_authority' });
    other.remove();
  });

  it('refuses a certificate that has run out and logs the reason', async () => {
    await shut(loadApplianceIdentity(await site.appliance('box-1', 'expired')));
    await central.log.line('connection refused', { reason: 'expired' });
  });

  it("refuses central's own certificate: it is no appliance's", async () => {
    const { serverKeyPem, serverCertificatePem } = loadCentralIdentity(`${site.authority}/central`);
    await shut({ keyPem: serverKeyPem, certificatePem: serverCertificatePem });
    await central.log.line('connection refused', { reason: 'not_an_appliance' });
  });

  it('refuses a client id that is not the one in the certificate', async () => {
    await closed(enter({ clientId: 'box-2' }));
    await central.log.line('client id refused', { applianceId: 'box-1', clientId: 'box-2' });
  });

  it('refuses a session that it would have to keep, and a will in the name of another', async () => {
    await closed(enter({ clean: false }));
    await central.log.line('session refused', { applianceId: 'box-1' });
    const will = {
      topic: 'holdfast/v1/box-2/up/bye',
      payload: Buffer.from('x'),
      qos: 1 as const,
      retain: false,
    };
    await closed(enter({ will }));
    await central.log.line('will refused', { topic: will.topic });
  });

  const foreign = [
    'holdfast/v1/box-2/up/entries',
    'holdfast/v1/box-1/down/receipt',
    'holdfast/v1/box-1/up/unknown',
    '$SYS/x',
  ];
  it.each(foreign)('closes a connection that publishes to %s', async (topic) => {
    const client = enter();
    await connected(client);
    client.publish(topic, 'x', { qos: 1 });
    await closed(client);
    await central.log.line('publish refused', { applianceId: 'box-1', topic });
  });

  it('closes a connection that publishes what would be retained', async () => {
    const client = enter();
    await connected(client);
    client.publish('holdfast/v1/box-1/up/hello', 'x', { qos: 1, retain: true });
    await closed(client);
    await central.log.line('publish refused: retained');
  });

  it.each(['#', 'holdfast/v1/+/down/+', 'holdfast/v1/box-2/down/receipt', 'holdfast/v1/box-1/up/entries'])(
    'closes a connection that subscribes to %s',
    async (topic) => {
      const client = enter();
      await connected(client);
      client.subscribe(topic, { qos: 1 }, () => {});
      await closed(client);
      await central.log.line('subscription refused', { applianceId: 'box-1', topic });
    },
  );

  it('closes a connection that announces a packet longer than a frame may be', async () => {
    const client = enter();
    await connected(client);
    client.publish('holdfast/v1/box-1/up/entries', Buffer.alloc(limits.frameWireBytesMax + 4096), { qos: 1 });
    await closed(client);
    await central.log.line('packet too long', { applianceId: 'box-1' });
  });

  it('lets a second connection of an appliance take over from the first', async () => {
    const first = enter();
    await connected(first);
    const second = enter();
    await Promise.all([closed(first), connected(second)]);
    expect(second.connected).toBe(true);
  });
});
