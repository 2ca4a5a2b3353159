// What central takes anew on SIGHUP without dropping an appliance: the level of its log, its server certificate and the
// authorities that it judges appliances by.
import type { ReloadPart } from '../kit/reload.ts';
import { type CentralIdentity, loadCentralIdentity } from '../provisioning/identity.ts';
import type { Config } from './config.ts';

/** The keys of the configuration that count at once; whatever else differs counts from the next start on. */
export const liveKeys = ['log.level'] as const;

/**
 * @param folder where it was read from; another one in the configuration counts from the next start on
 * @param prepare reads what else goes with another certificate and other authorities, and answers how to take them
 */
export function identityPart(
  folder: string,
  running: CentralIdentity,
  prepare: (identity: CentralIdentity) => () => void,
): ReloadPart<Config> {
  let held = running;
  return {
    read() {
      const next = loadCentralIdentity(folder);
      const news = [
        held.serverCertificatePem !== next.serverCertificatePem && 'the server certificate',
        held.caPem !== next.caPem && 'the authorities',
        // Receipts of two keys at once would be believed by nobody who knows but one of them.
        !running.signingPublicKey.equals(next.signingPublicKey) && 'the signing key, from the next start on',
      ].filter((word) => word !== false);
      const renew = prepare(next);
      return {
        take() {
          held = next;
          renew();
        },
        news: news.length > 0 ? news.join(', ') : null,
      };
    },
  };
}
