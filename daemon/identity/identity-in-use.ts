// The identity the daemon goes by: a renewed one is taken without a restart, the one before stands by until central has
// taken the new one, and when the door only closes, central is asked why.
import { X509Certificate } from 'node:crypto';
import type { Condition, Status } from '../../contract/kiosk-api.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import type { Link } from '../sync/link.ts';
import { type CertificateFacts, certificateConditions, certificateView } from './certificate-view.ts';
import type { TimeKnown } from './server-time.ts';
import { askStanding, type Standing } from './standing.ts';
import { judgeTrial, refusalsMax, type Trial, type TrialEvent } from './trial.ts';

export interface IdentityInUseParts {
  running: ApplianceIdentity;
  /** Stands by at the start: the newer one may never have held a link. */
  previous: ApplianceIdentity | null;
  /** Where central is asked for its reasons; null where nobody said. */
  est: string | null;
  /** Has everything that signs or connects go by this identity. */
  use(identity: ApplianceIdentity): void;
  /** What is known of the time, for central's certificates. */
  time(): Promise<TimeKnown>;
  clock: Clock;
  log: Log;
}

export interface IdentityInUse {
  /** The same link, watched for what the door does. */
  watch(link: Link): Link;
  /** A renewed identity of the same appliance. */
  take(next: ApplianceIdentity): void;
  /** @param nowMs the site's best estimate of the time */
  view(nowMs: number): { certificate: Status['certificate']; conditions: Condition[] };
}

/** A door that closes is asked about this often at most. */
const askMsMin = 3_600_000;

export function createIdentityInUse(parts: IdentityInUseParts): IdentityInUse {
  const { est, use, time, clock, log } = parts;
  let newer = parts.running;
  let older = parts.previous;
  let current = newer;
  let trial: Trial = older ? { kind: 'newer', refusals: 0 } : { kind: 'settled' };
  let fellBackSinceMs: number | null = null;
  let refused: CertificateFacts['refused'] = null;
  let refusals = 0;
  let askedMs = Number.NEGATIVE_INFINITY;

  const change = (to: 'newer' | 'older') => {
    current = to === 'older' && older ? older : newer;
    log.warn({ to }, 'central does not take this identity; going by the other one');
    use(current);
  };
  const happened = (event: TrialEvent) => {
    const judged = judgeTrial(trial, event);
    if (judged.trial.kind === 'fell_back' && trial.kind !== 'fell_back') fellBackSinceMs = clock.wallMs();
    trial = judged.trial;
    if (judged.use) change(judged.use);
  };
  const hear = (standing: Standing) => {
    switch (standing.kind) {
      case 'refused':
        log.error({ reason: standing.error.message }, 'central refuses the certificate; selling goes on');
        refused = { words: standing.error.message, sinceMs: refused?.sinceMs ?? clock.wallMs() };
        return;
      case 'accepted':
        refused = null;
        return;
      case 'unknown':
        return;
    }
  };

  return {
    watch: (link) => ({
      ...link,
      start(events) {
        link.start({
          ...events,
          onUp(borne) {
            refusals = 0;
            refused = null;
            happened('up');
            events.onUp(borne);
          },
          onRefused() {
            happened('refused');
            if (++refusals < refusalsMax || est === null || clock.monotonicMs() - askedMs < askMsMin) return;
            askedMs = clock.monotonicMs();
            const ask = async () => hear(await askStanding(est, current, await time()));
            ask().catch((error: Error) =>
              log.error({ error: error.message }, 'could not ask central about the certificate'),
            );
          },
        });
      },
    }),
    take(next) {
      // What central took last stands by, whichever it was.
      older = current;
      newer = next;
      current = next;
      trial = { kind: 'newer', refusals: 0 };
      fellBackSinceMs = null;
      refused = null;
      askedMs = Number.NEGATIVE_INFINITY;
      use(next);
    },
    view(nowMs) {
      const { validFromDate, validToDate } = new X509Certificate(current.certificateDer);
      const facts: CertificateFacts = {
        nowMs,
        notBeforeMs: validFromDate.getTime(),
        notAfterMs: validToDate.getTime(),
        refused,
        fellBackSinceMs,
      };
      return { certificate: certificateView(facts), conditions: certificateConditions(facts) };
    },
  };
}
