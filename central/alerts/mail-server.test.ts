// Mail to a real server over real TLS, with a name and a password: taken only where the server proves itself, and what is wrong is
// said by a code with what to do about it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestAuthority, type TestAuthority } from '../webhooks/fixtures/certificates.ts';
import { AlertsConfig } from './config.ts';
import { mailTriesMax } from './mail-retries.ts';
import { mailTroubles } from './mail-trouble.ts';
import { gatherMailsMs, startMailer } from './mailer.ts';
import type { AlertMail } from './port.ts';

let authority: TestAuthority;
let localhost: { cert: string; key: string };
let elsewhere: { cert: string; key: string };
beforeAll(async () => {
  authority = await createTestAuthority();
  localhost = await authority.serverOf(['localhost']);
  elsewhere = await authority.serverOf(['mail.example']);
});

let folder: ReturnType<typeof temporaryFolder>;
let servers: SMTPServer[];
beforeEach(() => {
  folder = temporaryFolder();
  servers = [];
  writeFileSync(join(folder.path, 'ca.pem'), authority.ca);
  writeFileSync(join(folder.path, 'password'), 'secret\n', { mode: 0o600 });
  writeFileSync(join(folder.path, 'wrong'), 'other\n', { mode: 0o600 });
});
afterEach(async () => {
  for (const server of servers) await new Promise<void>((closed) => server.close(closed));
  folder.remove();
});

interface Received {
  user: string | undefined;
  secure: boolean;
  to: string[];
  messageId: string | undefined;
}

async function mailServer(options: SMTPServerOptions): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    ...options,
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('nobody') ? new Error('no such mailbox') : null),
    onData(stream, { user, secure, envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const [, messageId] = /^Message-ID: (.*)$/m.exec(Buffer.concat(chunks).toString()) ?? [];
        received.push({ user, secure, to: envelope.rcptTo.map(({ address }) => address), messageId });
        done();
      });
    },
  });
  // A client that does not trust it hangs up, which is no trouble of the test.
  server.on('error', () => {});
  servers.push(server);
  return { port: await listen(server.server, 0, '127.0.0.1'), received };
}

const mail: AlertMail = {
  ...{ mail: 1, list: 'to', what: 'opened', atMs: 1, tries: 0 },
  alert: {
    ...{ number: 1, rule: 'silent', subject: 'appliance leeds-1', site: 'leeds', severity: 'critical' },
    ...{ words: 'nothing heard', state: 'open', openedMs: 1, snoozedUntilMs: null, escalatedMs: null },
    ...{ clearedMs: null, members: ['leeds-1'], membersCount: 1 },
  },
};

/** Sends the one mail until the server has it or so many tries failed; what was said and tried. */
async function send(port: number, change: object, triesMax = 1) {
  const clock = manualClock();
  const said: { code?: string; hint?: string; error?: string }[] = [];
  const note = (fields: object) => void said.push(fields);
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  const tried: (string | null)[] = [];
  const store = {
    mailsDue: async () => (tried.includes(null) ? [] : [mail]),
    mailsTried: async ({ error }: { error: string | null }) => {
      tried.push(error);
      return { givenUp: tried.length >= mailTriesMax ? 1 : 0 };
    },
  };
  const { mail: config } = AlertsConfig.parse({
    mail: {
      ...{ host: 'localhost', port, from: 'holdfast@shop.example', to: ['ops@shop.example'] },
      ...{
        user: 'holdfast',
        passwordFile: join(folder.path, 'password'),
        caFile: join(folder.path, 'ca.pem'),
      },
      ...change,
    },
  });
  if (config === undefined) return expect.fail('no mail');
  const mailer = startMailer({ store, config, env: {}, clock, log });
  while (tried.length < triesMax && !tried.includes(null)) {
    clock.advance(gatherMailsMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await mailer.stop();
  return { said, tried };
}

it.each(['starttls', 'tls'] as const)(
  'goes over %s with name and password, by the same id when it is sent again',
  async (security) => {
    const { port, received } = await mailServer({ ...localhost, secure: security === 'tls' });
    for (const _ of [1, 2]) expect((await send(port, { security })).tried).toEqual([null]);
    const one = { user: 'holdfast', secure: true, to: ['ops@shop.example'] };
    expect(received).toMatchObject([one, one]);
    expect(received[0]?.messageId).toMatch(/^<holdfast-[0-9a-f]{32}@shop\.example>$/);
    expect(received[1]?.messageId).toBe(received[0]?.messageId);
  },
);

const plain: SMTPServerOptions = {
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  allowInsecureAuth: true,
};
it.each<[string, () => SMTPServerOptions, object, keyof typeof mailTroubles]>([
  ['of an authority that nobody named', () => localhost, { caFile: undefined }, 'mail_server_untrusted'],
  ['that is another', () => elsewhere, {}, 'mail_server_untrusted'],
  ['whose TLS was taken away', () => plain, {}, 'mail_tls_refused'],
  ['that begins without TLS', () => localhost, { security: 'tls' }, 'mail_tls_refused'],
  ['that knows another password', () => localhost, { passwordFile: 'wrong' }, 'mail_login_refused'],
  ['that wants to know who it is', () => localhost, { user: undefined }, 'mail_login_wanted'],
  ['that knows nobody of them', () => localhost, { to: ['nobody@shop.example'] }, 'mail_address_refused'],
])('does not go to a server %s, which is said with what to do', async (_, server, change, code) => {
  const { port, received } = await mailServer(server());
  const file = 'passwordFile' in change ? { passwordFile: join(folder.path, 'wrong') } : {};
  const none = 'user' in change ? { passwordFile: undefined } : {};
  const { said, tried } = await send(port, { ...change, ...file, ...none });
  expect(received).toEqual([]);
  expect(tried).toHaveLength(1);
  expect(said).toMatchObject([{ code, hint: mailTroubles[code] }]);
  expect(JSON.stringify(said)).not.toContain('secret');
});

it('is tried again while the server is down, said once, and given up after its tries', async () => {
  const { said, tried } = await send(1, {}, mailTriesMax);
  expect(tried).toHaveLength(mailTriesMax);
  expect(said.map(({ code }) => code)).toEqual(Array(2).fill('mail_server_unreachable'));
  expect((await send(1, { host: 'nowhere.invalid' })).said).toMatchObject([{ code: 'mail_server_unknown' }]);
});
