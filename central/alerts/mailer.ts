// Sends what waits to be mailed: what comes together goes in one mail. What does not go is tried again for hours, then given up.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTransport, type Transporter } from 'nodemailer';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { credentialPath, readSecret } from '../charging/secret-file.ts';
import type { MailConfig } from './config.ts';
import { mailText } from './mail-text.ts';
import { mailTroubleOf } from './mail-trouble.ts';
import type { AlertMail, AlertPort, MailList } from './port.ts';

export interface Mailer {
  stop(): Promise<void>;
}

/** Long enough for a storm to be one mail. */
export const gatherMailsMs = 10_000;
const mailsMax = 500;
const smtpMsMax = 20_000;
/** The name of systemd's credential. */
const credential = 'alerts-mail';

/** @throws CommandError secret_unusable */
export function startMailer(parts: {
  store: Pick<AlertPort, 'mailsDue' | 'mailsTried'>;
  config: MailConfig;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
}): Mailer {
  const { store, config, clock, log } = parts;
  const transport = open(config, parts.env);
  const state = {
    stopped: false,
    cancel: () => {},
    sending: Promise.resolve(),
    failures: { to: 0, escalateTo: 0 },
  };

  async function send(mails: readonly AlertMail[], to: readonly string[]): Promise<void> {
    // A mail of its own for each list: nobody is told who else is called at night.
    const messageId = messageIdOf(mails, to, config.from);
    await transport.sendMail({ from: config.from, to: [...to], messageId, ...mailText(mails) });
  }

  async function sendDue(): Promise<void> {
    const due = await store.mailsDue({ nowMs: clock.wallMs(), mailsMax });
    // Each list is a delivery of its own: one that goes is not sent again for the sake of the other.
    for (const list of ['to', 'escalateTo'] as const) {
      const mails = due.filter((mail) => mail.list === list);
      if (mails.length > 0) await deliver(list, mails);
    }
  }

  async function deliver(list: MailList, due: readonly AlertMail[]): Promise<void> {
    let error: string | null = null;
    let trouble = {};
    try {
      // Nobody is named for it: then it is done.
      if (config[list].length > 0) await send(due, config[list]);
    } catch (cause) {
      const { message } = cause as Error;
      trouble = mailTroubleOf(cause as object);
      error = message.trim().slice(0, 500);
    }
    const mails = due.map(({ mail }) => mail);
    const { givenUp } = await store.mailsTried({ mails, error, nowMs: clock.wallMs() });
    const failures = state.failures[list];
    state.failures[list] = error === null ? 0 : failures + 1;
    if (givenUp > 0) log.error({ mails: givenUp, list, error, ...trouble }, 'mails of alerts are given up');
    else if (error !== null && failures === 0)
      log.warn({ list, error, ...trouble }, 'mails of alerts do not go; trying again');
    if (error === null && failures > 0) log.info({ list, failures }, 'mails of alerts go again');
  }

  const round = async () => {
    try {
      await sendDue();
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'mails of alerts wait for the store');
    }
    plan();
  };
  const plan = () => {
    if (state.stopped) return;
    state.cancel = clock.after(gatherMailsMs, () => {
      state.sending = round();
    });
  };
  plan();
  return {
    async stop() {
      state.stopped = true;
      state.cancel();
      transport.close();
      await state.sending;
    },
  };
}

/** The same for the same mails: one that is sent again after a kill can be known for what it is. */
function messageIdOf(mails: readonly AlertMail[], to: readonly string[], from: string): string {
  const of = JSON.stringify([mails.map(({ mail, atMs }) => [mail, atMs]), to]);
  return `<holdfast-${createHash('sha256').update(of).digest('hex').slice(0, 32)}@${from.split('@').at(-1)}>`;
}

function open(config: MailConfig, env: NodeJS.ProcessEnv): Transporter {
  const { host, security, user, passwordFile, caFile } = config;
  const password = (name: string) =>
    passwordFile === undefined
      ? readSecret(credentialPath(name, env), 'credential')
      : readSecret(passwordFile);
  return createTransport({
    host,
    port: config.port ?? (security === 'tls' ? 465 : 587),
    secure: security === 'tls',
    // Without it a man in the middle would take the offer of TLS away, and read the password.
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== undefined && { auth: { user, pass: password(credential) } }),
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile, 'utf8') } }),
    connectionTimeout: smtpMsMax,
    greetingTimeout: smtpMsMax,
    socketTimeout: smtpMsMax,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
