// Central killed with -9 between deciding on an alert and telling of it, and between telling and noting that: one alert, and everybody is
// told at least once, by an id that says of a repetition that it is one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { listen } from '../../kit/listen.ts';
import { silentLog } from '../../kit/log.ts';
import { byTester } from '../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { type MerchantSystem, openMerchantSystem } from '../webhooks/fixtures/receiver.ts';
import { createOutboundSender } from '../webhooks/sender.ts';
import { AlertsConfig } from './config.ts';
import { startMailer } from './mailer.ts';

let folder: ReturnType<typeof temporaryFolder>;
let merchant: MerchantSystem;
let mailServer: SMTPServer;
let mailIds: string[];
let mailPort: number;
const database = () => join(folder.path, 'central.db');

beforeEach(async () => {
  folder = temporaryFolder();
  merchant = await openMerchantSystem();
  mailIds = [];
  mailServer = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mailIds.push(/^Message-ID: (.*)$/m.exec(Buffer.concat(chunks).toString())?.[1] ?? '');
        done();
      });
    },
  });
  mailServer.on('error', () => {});
  mailPort = await listen(mailServer.server, 0, '127.0.0.1');
});
afterEach(async () => {
  await new Promise<void>((closed) => mailServer.close(closed));
  await merchant.close();
  folder.remove();
});

async function runUntilKilled(at: 'decided' | 'sent'): Promise<void> {
  const script = join(import.meta.dirname, 'fixtures', 'killed.ts');
  const child = spawn(process.execPath, [script, database(), String(mailPort), at], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}

function inStore<T>(work: (store: ReturnType<typeof openStoreAt>) => T): T {
  const store = openStoreAt(database());
  try {
    return work(store);
  } finally {
    store.close();
  }
}
const standing = () =>
  inStore((store) =>
    store.standingAlerts(9).map(({ number }) => store.alert(number)?.events.map(({ kind }) => kind)),
  );
const eventIds = () => merchant.delivered.map(({ headers }) => headers['holdfast-event-id']);

it('has the alert once, and tells of it twice at most, by the same id', { timeout: 60_000 }, async () => {
  inStore((store) => {
    const by = byTester(Date.now());
    store.transaction(() => store.registerAppliance({ id: 'leeds-1', site: 'leeds' }, by));
    const endpoint = {
      url: merchant.url,
      types: ['alert.opened' as const],
      note: '',
      secret: 'hf_whsec_test',
    };
    store.transaction(() => store.createEndpoint(endpoint, by));
  });
  await runUntilKilled('decided');
  expect(standing()).toEqual([['opened']]);
  expect([mailIds, eventIds()]).toEqual([[], []]);

  await runUntilKilled('sent');
  expect([mailIds.length, eventIds().length]).toEqual([1, 1]);

  const store = openStoreAt(database());
  // Past the time in which a webhook that is on its way is left alone.
  const clock = manualClock(Date.now() + 60_000);
  const { mail } = AlertsConfig.parse({
    mail: {
      host: '127.0.0.1',
      port: mailPort,
      security: 'none',
      from: 'holdfast@shop.example',
      to: ['ops@shop.example'],
    },
  });
  if (mail === undefined) return expect.fail('no mail');
  const parts = { store: portOver(store), clock, log: silentLog };
  const mailer = startMailer({ ...parts, config: mail, env: {} });
  const sender = createOutboundSender({ ...parts, privateAddresses: false });
  for (let tries = 0; tries < 300 && (mailIds.length < 2 || eventIds().length < 2); tries++) {
    clock.advance(1000);
    await sleep(5);
  }
  await Promise.all([mailer.stop(), sender.stop()]);
  expect(store.mailsDue({ nowMs: Date.now() + 86_400_000, mailsMax: 9 })).toEqual([]);
  store.close();
  expect(mailIds).toHaveLength(2);
  expect(new Set(mailIds).size).toBe(1);
  expect(eventIds()).toHaveLength(2);
  expect(new Set(eventIds()).size).toBe(1);
  expect(standing()).toEqual([['opened']]);
});
