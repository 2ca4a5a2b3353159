// What the daemon takes anew without dropping a kiosk, on SIGHUP or at central's word, beside the level of its log: what the HTTP
// interface goes by, the certificate of the local network, its own identity, how often it asks itself, and where spans go.
import type { ReloadPart } from '../kit/reload.ts';
import { ProvisioningError } from '../provisioning/error.ts';
import type { ApplianceIdentity } from '../provisioning/identity.ts';
import type { Config } from './config.ts';
import { type BoxSpans, collectorOf } from './health/tracing.ts';
import { type LanCertificate, loadLanCertificate } from './http/lan-certificate.ts';
import type { HttpServer } from './http/server.ts';
import { hasIdentity, readIdentity } from './identity/identity-folder.ts';
import type { Presence } from './presence.ts';
import type { Schedule } from './synthetic/schedule.ts';

/** The keys of the configuration that count at once; whatever else differs counts from the next start on. */
export const liveKeys = [
  'log.level',
  'http.corsOrigins',
  'http.ratePerMinute',
  'http.loopbackRatePerMinute',
  'http.lan.certificateFile',
  'http.lan.keyFile',
  'synthetic.everyMinutes',
  'tracing.otlpUrl',
  'tracing.headersFile',
  'central.maySet',
] as const;

type Part = ReloadPart<Config>;

/** How often the box asks itself for a synthetic checkout, and where its spans go. */
export function askingPart(schedule: Pick<Schedule, 'every'>, spans: Pick<BoxSpans, 'goTo'>): Part {
  return {
    read({ synthetic, tracing }) {
      const collector = collectorOf(tracing);
      return {
        take() {
          schedule.every(synthetic.everyMinutes);
          spans.goTo(collector);
        },
        news: null,
      };
    },
  };
}

/** @param running the certificate of the local network as it is served; null where nothing is offered to it */
export function httpPart(
  http: Pick<HttpServer, 'reload'>,
  running: LanCertificate | null,
  nowMs: () => number,
): Part {
  let served = running;
  return {
    read({ http: options }) {
      const tls = served && options.lan && loadLanCertificate(options.lan, nowMs());
      const isNew = tls !== null && tls.certificatePem !== served?.certificatePem;
      return {
        take() {
          served = tls ?? served;
          http.reload({ ...options, tls: served });
        },
        news: isNew ? `the certificate of the local network, valid until ${tls.certificate.validTo}` : null,
      };
    },
  };
}

/**
 * @param folder where it was read from; another one in the configuration counts from the next start on
 * @param applianceId whose journal this is
 * @param presence goes by what is new; its first identity is the first contact
 */
export function identityPart(
  folder: string,
  applianceId: string,
  presence: Pick<Presence, 'identity' | 'take'>,
): Part {
  return {
    read() {
      const held = presence.identity();
      if (held === null && !hasIdentity(folder)) return { take() {}, news: null };
      const next = readIdentity(folder);
      if (next.applianceId !== applianceId) {
        throw new ProvisioningError(
          'other_appliance',
          `${folder} holds the identity of ${next.applianceId}; this is ${applianceId}`,
          'Put the right one back; to become another appliance, stop the service and begin with an empty data folder.',
        );
      }
      const isNew = held === null || !sameIdentity(held, next);
      return {
        take() {
          if (isNew) presence.take(next);
        },
        news: isNew ? 'the identity' : null,
      };
    },
  };
}

function sameIdentity(one: ApplianceIdentity, other: ApplianceIdentity): boolean {
  const keys = ({ centralSigningKeys }: ApplianceIdentity) =>
    centralSigningKeys.map((key) => key.export({ format: 'pem', type: 'spki' })).join('');
  return (
    one.certificatePem === other.certificatePem && one.caPem === other.caPem && keys(one) === keys(other)
  );
}
