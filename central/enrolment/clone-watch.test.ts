// One identity at two addresses: two machines with the same key push each other out of a real broker, over real TLS.
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ApplianceIdentity, loadApplianceIdentity } from '../../provisioning/identity.ts';
import { withPort } from '../commands/open-store.ts';
import { byTester } from '../fixtures/by.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';
import { takeoversMin } from './two-places.ts';

let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
const sockets: TLSSocket[] = [];
beforeAll(async () => {
  site = await createTestSite();
  central = await site.start();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await central.stop();
  site.remove();
});

/** Comes in from an address of this machine; resolves once central has let it in. */
async function comeIn(
  { keyPem: key, certificatePem: cert, caPem: ca }: ApplianceIdentity,
  localAddress: string,
): Promise<void> {
  const at = { host: '127.0.0.1', port: central.mqttPort, servername: 'localhost', localAddress };
  const socket = connect({ ...at, key, cert, ca });
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('close', () => reject(new Error('it was not let in')));
  });
}

it('is noticed by the addresses that take over from each other, and named in the log', async () => {
  const identity = loadApplianceIdentity(await site.appliance('box-1'));
  await withPort(site.dataFolder, (store) =>
    store.registerAppliance({ id: 'box-1', site: 'Leeds' }, byTester(Date.now())),
  );
  const turns = ['127.0.0.1', '127.0.0.2'];
  for (let i = 0; i < takeoversMin + 3; i++) await comeIn(identity, turns[i % 2] ?? '');
  const { applianceId } = await central.log.line('one identity speaks from two machines');
  expect(applianceId).toBe('box-1');
  await expect
    .poll(() => withPort(site.dataFolder, async (store) => (await store.identity('box-1'))?.conditions))
    .toMatchObject([
      {
        code: 'identity_in_two_places',
        detail: expect.stringMatching(/127\.0\.0\.1.*127\.0\.0\.2|127\.0\.0\.2.*127\.0\.0\.1/),
      },
    ]);
});

it('is no box whose link fails again and again: it comes from one address', async () => {
  const identity = loadApplianceIdentity(await site.appliance('box-2'));
  for (let i = 0; i < takeoversMin * 3; i++) await comeIn(identity, '127.0.0.2');
  expect(central.log.lines.filter((line) => line.applianceId === 'box-2' && line.level === 'error')).toEqual(
    [],
  );
});
