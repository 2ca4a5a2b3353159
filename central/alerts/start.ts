// The watch over the fleet, and the mail that tells of what it found.
import type { Lifecycle } from '../../kit/lifecycle.ts';
import { type OverheardFleet, overhear } from '../fleet/overheard.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { AlertsConfig } from './config.ts';
import { startMailer } from './mailer.ts';
import { type AlertWatch, type AlertWatchParts, startAlertWatch } from './watch.ts';

export interface Alerts extends Pick<AlertWatch, 'summary'> {
  /** What the watch read last of the whole fleet. */
  lastFacts: OverheardFleet['last'];
}

export function startAlerts(
  config: AlertsConfig,
  {
    store,
    lifecycle,
    ...parts
  }: Omit<AlertWatchParts, 'store' | 'config'> & { store: LedgerPort; lifecycle: Lifecycle },
): Alerts {
  const { clock, log } = parts;
  if (config.mail !== undefined) {
    const mailer = startMailer({ store, config: config.mail, env: process.env, clock, log });
    lifecycle.onStop('mailer', mailer.stop);
  }
  const { standingAlerts, changeAlerts, maintenance } = store;
  const overheard = overhear(store);
  const watch = startAlertWatch({
    ...parts,
    config,
    store: { fleet: overheard.fleet, standingAlerts, changeAlerts, maintenance },
  });
  lifecycle.onStop('alerts', watch.stop);
  return { summary: watch.summary, lastFacts: overheard.last };
}
