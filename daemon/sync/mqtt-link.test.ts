// The link against a real broker over real TLS: it comes up, comes back, never gives up, and stops when told.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AedesOptions } from 'aedes';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { manualClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import {
  type ApplianceIdentity,
  type CentralIdentity,
  loadApplianceIdentity,
  loadCentralIdentity,
} from '../../provisioning/identity.ts';
import { certifiedFromMs, type TimeKnown, timeKnown } from '../identity/server-time.ts';
import type { Borne, Link } from './link.ts';
import { createMqttLink } from './mqtt-link.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-link-'));
let central: CentralIdentity;
let box: ApplianceIdentity;
let otherCentral: CentralIdentity;
let otherBox: ApplianceIdentity;
/** Made ten years ago, and long run out. */
let pastCentral: CentralIdentity;
let pastBox: ApplianceIdentity;
const yearMs = 365 * 86_400_000;

beforeAll(async () => {
  const make = async (name: string, nowMs = Date.now()) => {
    const authorityFolder = join(folder, name);
    const made = await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
    const out = join(folder, `${name}-shop-1`);
    await applianceCreate({ authorityFolder, applianceId: 'shop-1', out, nowMs });
    return [loadCentralIdentity(made.centralFolder), loadApplianceIdentity(out)] as const;
  };
  [central, box] = await make('one');
  [otherCentral, otherBox] = await make('other');
  [pastCentral, pastBox] = await make('past', Date.now() - 10 * yearMs);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Broker {
  aedes: Aedes;
  port: number;
  /** Ends every connection, as a crash does. */
  stop(): Promise<void>;
}
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

function listening(server: Server): { stop(): Promise<void> } {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  let stopped: Promise<unknown> | null = null;
  const stop = async () => {
    stopped ??= once(server.close(), 'close');
    for (const socket of sockets) socket.destroy();
    await stopped;
  };
  return { stop };
}

async function startBroker(port = 0, identity = central, options: AedesOptions = {}): Promise<Broker> {
  const aedes = await Aedes.createBroker(options);
  const server = createTlsServer(
    {
      key: identity.serverKeyPem,
      cert: identity.serverCertificatePem,
      ca: identity.caPem,
      requestCert: true,
      // Clocks disagree in some tests: what our side does is what they are about.
      rejectUnauthorized: identity !== pastCentral,
      minVersion: 'TLSv1.3',
    },
    aedes.handle,
  );
  server.on('tlsClientError', () => {});
  const { stop } = listening(server);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const broker = {
    aedes,
    port: (server.address() as AddressInfo).port,
    renew: () => {},
    stop: async () => {
      await stop();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
  running.push(broker);
  return broker;
}

/** A link whose waits are turned by hand, with everything that happened to it. */
function createLink(
  port: number,
  identity = box,
  time = timeKnown(Date.now(), certifiedFromMs(box)),
  host = 'localhost',
) {
  const clock = manualClock();
  const delays: number[] = [];
  const happened: string[] = [];
  const borne: (Borne | null | undefined)[] = [];
  const distrusted: string[] = [];
  const frames: [string, string][] = [];
  const logged: { message: string; fields: object }[] = [];
  const keep = (fields: object, message: string) => logged.push({ message, fields });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
  const counting = {
    ...clock,
    after(delayMs: number, task: () => void) {
      delays.push(delayMs);
      return clock.after(delayMs, task);
    },
  };
  const link: Link = createMqttLink(
    {
      url: `mqtts://${host}:${port}`,
      applianceId: 'shop-1',
      keyPem: identity.keyPem,
      certificatePem: identity.certificatePem,
      caPem: identity.caPem,
      lastWill: () => Buffer.from('gone'),
      keepaliveSeconds: 30,
      reconnect: { delayMsBase: 250, delayMsMax: 4000 },
      time: async () => time,
    },
    counting,
    () => 1 - Number.EPSILON,
    log,
  );
  running.push({ stop: () => link.stop() });
  const start = () =>
    link.start({
      onUp(given) {
        borne.push(given);
        happened.push('up');
      },
      onDistrust: ({ message }) => distrusted.push(message),
      onDown: () => happened.push('down'),
      onRefused: () => happened.push('refused'),
      onFrame: (frame, payload) => frames.push([frame, String(payload)]),
    });
  return { link, start, clock, delays, happened, frames, logged, borne, distrusted };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe('the link', () => {
  it('comes up subscribed, and carries frames both ways, its own and no other', async () => {
    const { aedes, port } = await startBroker();
    const { link, start, happened, frames } = createLink(port);
    const seen: string[] = [];
    aedes.on('publish', ({ topic, payload, qos }) => {
      if (!topic.startsWith('$SYS')) seen.push(`${topic} ${payload} ${qos}`);
    });
    expect(await link.send('hello', Buffer.from('too early'))).toBe(false);
    start();
    await until(() => expect(happened).toEqual(['up']));
    expect(await link.send('hello', Buffer.from('here'))).toBe(true);
    expect(seen).toEqual(['holdfast/v1/shop-1/up/hello here 1']);

    const publish = (topic: string, payload: Buffer) =>
      new Promise<void>((resolve) => {
        aedes.publish({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false }, () => resolve());
      });
    await publish('holdfast/v1/shop-1/down/nonsense', Buffer.from('1'));
    await publish('holdfast/v1/shop-2/down/feed', Buffer.from('2'));
    await publish('holdfast/v1/shop-1/down/feed', Buffer.alloc(limits.frameWireBytesMax + 1));
    await publish('holdfast/v1/shop-1/down/receipt', Buffer.from('3'));
    await until(() => expect(frames).toEqual([['receipt', '3']]));
  });

  it('leaves a last will with the broker, which says it when the connection breaks off and not when it ends in order', async () => {
    const { aedes, port } = await startBroker();
    const wills: string[] = [];
    aedes.on('publish', ({ topic, payload }) => {
      if (topic.endsWith('/up/gone')) wills.push(`${topic} ${payload}`);
    });
    const { link, start, clock, happened } = createLink(port);
    start();
    await until(() => expect(happened).toEqual(['up']));
    link.distrust('cut');
    await until(() => expect(wills).toEqual(['holdfast/v1/shop-1/up/gone gone']));
    clock.advance(250);
    await until(() => expect(happened).toEqual(['up', 'down', 'up']));
    await link.stop();
    await until(() => expect(aedes.connectedClients).toBe(0));
    expect(wills).toHaveLength(1);
  });

  it('comes back after the broker was away, and sends nothing that was kept meanwhile', async () => {
    const first = await startBroker();
    const { link, start, clock, happened, logged } = createLink(first.port);
    start();
    await until(() => expect(happened).toEqual(['up']));
    await first.stop();
    await until(() => expect(happened).toEqual(['up', 'down']));
    expect(await link.send('bye', Buffer.from('lost'))).toBe(false);
    const second = await startBroker(first.port);
    const seen: string[] = [];
    second.aedes.on('publish', ({ topic }) => seen.push(topic));
    clock.advance(250);
    await until(() => expect(happened).toEqual(['up', 'down', 'up']));
    expect(seen.filter((topic) => topic.startsWith('holdfast'))).toEqual([]);
    expect(logged.map(({ message }) => message)).toEqual([
      'the link to central is up',
      'the link to central is down; selling goes on',
      'the link to central is up',
    ]);
  });

  it('waits longer after each failure, up to its bound, and logs the first alone', async () => {
    const { start, clock, delays, logged, happened } = createLink(await closedPort());
    start();
    for (let failures = 1; failures <= 7; failures++) {
      await until(() => expect(delays).toHaveLength(failures));
      clock.advance(4000);
    }
    expect(delays.slice(0, 7)).toEqual([249, 499, 999, 1999, 3999, 3999, 3999]);
    expect(happened).toEqual([]);
    expect(logged).toMatchObject([{ message: 'the link to central is down; selling goes on' }]);
  });

  it('forgets its failures only after a connection that held', async () => {
    const broker = await startBroker();
    const { start, clock, delays, happened } = createLink(broker.port);
    const dropAfter = async (heldMs: number) => {
      const ups = happened.length;
      await until(() => expect(happened).toHaveLength(ups + 1));
      clock.advance(heldMs);
      for (const client of Object.values(
        (broker.aedes as unknown as { clients: Record<string, { conn: Socket }> }).clients,
      ))
        client.conn.destroy();
      await until(() => expect(happened).toHaveLength(ups + 2));
      clock.advance(delays.at(-1) ?? 0);
    };
    start();
    await dropAfter(10);
    await dropAfter(10);
    await dropAfter(10);
    expect(delays).toEqual([249, 499, 999]);
    await dropAfter(30_000);
    expect(delays.at(-1)).toBe(249);
  });

  it.each<[string, () => Promise<{ port: number; identity: ApplianceIdentity }>, RegExp]>([
    [
      'a server of another authority',
      async () => ({ port: (await startBroker(0, otherCentral)).port, identity: box }),
      /certificate/i,
    ],
    [
      'a server that does not know our authority',
      async () => ({
        port: (await startBroker()).port,
        identity: { ...box, keyPem: otherBox.keyPem, certificatePem: otherBox.certificatePem },
      }),
      /./,
    ],
    [
      'a broker that refuses the connection',
      async () => ({
        port: (await startBroker(0, central, { authenticate: (_, __, ___, done) => done(null, false) })).port,
        identity: box,
      }),
      /not authorized/i,
    ],
    [
      'a broker that refuses the subscription',
      async () => ({
        port: (await startBroker(0, central, { authorizeSubscribe: (_, __, done) => done(null, null) })).port,
        identity: box,
      }),
      /subscri|unspecified/i,
    ],
    [
      'something that speaks no TLS',
      async () => {
        const server = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
        running.push(listening(server));
        await once(server.listen(0, '127.0.0.1'), 'listening');
        return { port: (server.address() as AddressInfo).port, identity: box };
      },
      /./,
    ],
  ])('does not come up against %s, says why, and tries again', async (name, world, reason) => {
    const { port, identity } = await world();
    const { start, clock, delays, happened, logged } = createLink(port, identity);
    start();
    await until(() => expect(delays).toHaveLength(1));
    clock.advance(250);
    await until(() => expect(delays).toHaveLength(2));
    // The other side judged who we are or what we may do, and is up.
    const judged = ['a server that does not know our authority', 'a broker that refuses the connection'];
    expect(happened.slice(0, 1)).toEqual(
      judged.includes(name) || name.endsWith('subscription') ? ['refused'] : [],
    );
    expect(happened).not.toContain('up');
    expect(logged).toMatchObject([{ fields: { reason: expect.stringMatching(reason) } }]);
  });

  describe('to a central whose certificates ran out years ago, by this clock', () => {
    const certified = () => certifiedFromMs(pastBox);

    it('comes up when the clock cannot be right, and says what central’s word has to confirm', async () => {
      const { port } = await startBroker(0, pastCentral);
      const time = timeKnown(Date.now(), certified());
      const { start, happened, borne } = createLink(port, pastBox, time);
      start();
      await until(() => expect(happened).toEqual(['up']));
      expect(borne).toEqual([{ dates: expect.objectContaining({ notBeforeMs: certified() }), time }]);
    });

    it.each<[string, () => [ApplianceIdentity, TimeKnown, string?], RegExp]>([
      [
        'when they ended before a moment that has surely come',
        () => [pastBox, timeKnown(Date.now(), certified() + 2 * yearMs)],
        /has run out/,
      ],
      [
        'when they are of another authority',
        () => [{ ...pastBox, caPem: box.caPem }, timeKnown(Date.now(), certified())],
        /is not believed/,
      ],
      [
        'when they name another host',
        () => [pastBox, timeKnown(Date.now(), certified()), '127.0.0.1'],
        /is not believed \(CERT_HAS_EXPIRED\)/,
      ],
    ])('stays down %s, and says so', async (_, world, words) => {
      const broker = await startBroker(0, pastCentral);
      const heard: string[] = [];
      broker.aedes.on('client', ({ id }) => heard.push(id));
      const { start, clock, delays, happened, distrusted } = createLink(broker.port, ...world());
      start();
      await until(() => expect(delays).toHaveLength(1));
      clock.advance(250);
      await until(() => expect(delays).toHaveLength(2));
      expect(happened).toEqual([]);
      expect(distrusted[0]).toMatch(words);
      expect(heard).toEqual([]);
    });
  });

  it('ends a connection that proved not to be central’s, and tries again', async () => {
    const { port } = await startBroker();
    const { link, start, clock, delays, happened } = createLink(port);
    start();
    await until(() => expect(happened).toEqual(['up']));
    link.distrust('its word does not agree with its certificate');
    await until(() => expect(happened).toEqual(['up', 'down']));
    clock.advance(delays.at(-1) ?? 0);
    await until(() => expect(happened).toEqual(['up', 'down', 'up']));
  });

  it('stops: no more attempts, no more events', async () => {
    const broker = await startBroker();
    const { link, start, clock, delays, happened } = createLink(broker.port);
    start();
    await until(() => expect(happened).toEqual(['up']));
    await link.stop();
    expect(await link.send('bye', Buffer.from('x'))).toBe(false);
    clock.advance(60_000);
    expect(delays).toEqual([]);
    expect(broker.aedes.connectedClients).toBe(0);
  });

  it('stops while it waits to try again', async () => {
    const { link, start, clock, delays } = createLink(await closedPort());
    start();
    await until(() => expect(delays).toHaveLength(1));
    await link.stop();
    clock.advance(60_000);
    expect(delays).toHaveLength(1);
  });

  it('stops while a server keeps it waiting in the middle of the handshake', async () => {
    let dialled = 0;
    const silent = createTcpServer(() => dialled++);
    running.push(listening(silent));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { link, start, clock, delays } = createLink((silent.address() as AddressInfo).port);
    start();
    await until(() => expect(dialled).toBe(1));
    await link.stop();
    clock.advance(60_000);
    expect(delays).toEqual([]);
  });
});

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
