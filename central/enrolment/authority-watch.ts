// Looks at what runs out at the authority, at the start and from then on, and says in the log when somebody must act.
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { type AuthorityCondition, type AuthorityFacts, authorityConditions } from './authority-state.ts';
import type { EnrolmentPort } from './port.ts';

export interface AuthorityWatch {
  /** As of now, for the routes. */
  look(): Promise<{ facts: AuthorityFacts; conditions: AuthorityCondition[] }>;
  stop(): void;
}

const lookEveryMs = 6 * 3_600_000;

export function watchAuthority(parts: {
  store: Pick<EnrolmentPort, 'crls'>;
  /** Null without [est]. */
  issuing(): X509Certificate | null;
  /** Central's own certificate first. */
  serverCertificatePem(): string;
  clock: Clock;
  log: Log;
}): AuthorityWatch {
  const { store, clock, log } = parts;
  const state = { stopped: false, cancel: () => {} };

  async function look() {
    const issuing = parts.issuing();
    const facts: AuthorityFacts = {
      issuing: issuing && { fingerprint: issuing.fingerprint256, notAfterMs: issuing.validToDate.getTime() },
      serverNotAfterMs: new X509Certificate(parts.serverCertificatePem()).validToDate.getTime(),
      crls: await store.crls(),
    };
    return { facts, conditions: authorityConditions(facts, clock.wallMs()) };
  }

  async function round(): Promise<void> {
    if (state.stopped) return;
    try {
      for (const { code, about, endMs } of (await look()).conditions) {
        const over = code.endsWith('expired');
        log[over ? 'error' : 'warn'](
          { condition: code, about, end: new Date(endMs).toISOString() },
          hints[code],
        );
      }
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'what runs out at the authority could not be looked up');
    }
    if (!state.stopped) state.cancel = clock.after(lookEveryMs, () => void round());
  }
  void round();

  return {
    look,
    stop() {
      state.stopped = true;
      state.cancel();
    },
  };
}

const renewCrl = 'write a new list of revoked certificates with `authority crl` and give it to the broker';
const renewIssuing = 'a new issuing CA is needed from the offline root: `authority issuing-request`';
const renewServer = "central's own certificate needs renewal: `authority server-renew`";

const hints: Record<AuthorityCondition['code'], string> = {
  crl_half_spent: renewCrl,
  crl_expired: renewCrl,
  issuing_expiring: renewIssuing,
  issuing_expired: renewIssuing,
  server_certificate_expiring: renewServer,
  server_certificate_expired: renewServer,
};
