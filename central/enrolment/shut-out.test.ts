// Who is shut out is out: at the broker's door, at EST and behind another broker, by commands of another process.
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadApplianceIdentity } from '../../provisioning/identity.ts';
import { withPort } from '../commands/open-store.ts';
import { connectAppliance, type TestAppliance } from '../fixtures/appliance.ts';
import { behindBroker } from '../fixtures/behind-broker.ts';
import { byTester } from '../fixtures/by.ts';
import { bytesOf, checkoutEntry } from '../fixtures/entries.ts';
import { openStoreAt } from '../fixtures/in-process-store.ts';
import { createTestJournal, signedFrame } from '../fixtures/journal.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';

let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
});
afterAll(async () => {
  await central.stop();
  site.remove();
});

/** As a command does it, from outside of the running central. */
const outside = <T>(work: (port: LedgerPort) => Promise<T>) => withPort(site.dataFolder, work);
const revoke = (applianceId: string) =>
  outside((port) =>
    port.denyAppliance({ applianceId, kind: 'revoked', reason: 'stolen' }, byTester(Date.now())),
  );
const helloOf = (box: TestAppliance, bootId: string) =>
  box.journal.hello(box.identity.certificateDer, { bootId });

function dial(folder: string): Socket {
  const { keyPem, certificatePem, caPem } = loadApplianceIdentity(folder);
  const options = { host: '127.0.0.1', port: central.mqttPort, servername: 'localhost', ca: caPem };
  const socket = tlsConnect({ ...options, key: keyPem, cert: certificatePem });
  socket.on('error', () => {});
  return socket;
}
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

describe('an appliance that is revoked', () => {
  it('loses its live connection within a second, and gets no other', async () => {
    const folder = await site.appliance('box-1');
    const box = await connectAppliance(folder, central.mqttPort);
    box.say('hello', helloOf(box, '00000000-0000-4000-8000-000000000001'));
    expect((await box.next('welcome')).header.kind).toBe('welcome');
    const line = central.log.line('connection closed: no longer let in', { applianceId: 'box-1' });
    const began = performance.now();
    expect(await revoke('box-1')).toMatchObject({ kind: 'denied' });
    await line;
    expect(performance.now() - began).toBeLessThan(1000);
    await closed(dial(folder));
    await central.log.line('connection refused', { reason: 'revoked' });
    await box.close();
  });

  it('is told why when another broker let it in, and nothing else it says is taken', async () => {
    const identity = loadApplianceIdentity(await site.appliance('box-2'));
    const journal = createTestJournal('box-2', identity.key);
    journal.append(bytesOf(checkoutEntry()));
    const store = openStoreAt(join(site.folder, 'behind-another-broker.db'));
    const port = portOver(store);
    const nowMs = Date.now();
    await port.registerAppliance({ id: 'box-2', site: null }, byTester(nowMs));
    await port.denyAppliance({ applianceId: 'box-2', kind: 'revoked', reason: 'stolen' }, byTester(nowMs));
    const { intake, said, say } = behindBroker(site, store);
    const hello = journal.hello(identity.certificateDer);
    await say('box-2', 'hello', signedFrame('hello', 'box-2', identity.key, hello));
    await say('box-2', 'entries', Buffer.from(await journal.payload(1, 1)));
    await intake.idle();
    expect(said).toMatchObject([
      { kind: 'refusal', code: 'certificate_refused', hint: expect.stringContaining('revoked') },
    ]);
    expect(intake.ignored()).toMatchObject([{ frame: 'entries', reason: 'appliance_denied' }]);
    store.close();
  });
});

describe('one identity in two places', () => {
  it('is noticed when a boot is heard again after another has begun, and told once', async () => {
    const box = await connectAppliance(await site.appliance('box-4'), central.mqttPort);
    const boots = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
    for (const bootId of [boots[0], boots[1], boots[0], boots[1]]) {
      box.say('hello', helloOf(box, bootId ?? ''));
      await box.next('welcome');
    }
    await central.log.line('one identity speaks from two machines', { applianceId: 'box-4' });
    const identity = await outside((port) => port.identity('box-4'));
    expect(identity?.conditions).toMatchObject([{ code: 'identity_in_two_places' }]);
    const audit = await outside((port) =>
      port.auditRecords({ action: 'appliance.notice', about: null, cursor: null, limit: 9 }),
    );
    expect(audit.items).toHaveLength(1);
    await box.close();
  });
});
