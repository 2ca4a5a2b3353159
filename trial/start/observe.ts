// What the view shows, asked of the programs themselves: the appliance's status and central's accounts.
import type { Status } from '../../contract/kiosk-api.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { type Account, createCentralApi } from '../central-api.ts';
import type { Site } from '../site.ts';

export interface Observation {
  /** As the appliance last said; null before its first word. */
  status: Status | null;
  /** False while it does not answer; the status is then what it last said. */
  applianceAnswers: boolean;
  accounts: Account[];
  centralAnswers: boolean;
}

export interface Observer {
  /** Asks both; never rejects. Central is asked at most once a second. */
  look(): Promise<Observation>;
}

const centralEveryMs = 1000;

export function createObserver(site: Pick<Site, 'applianceUrl' | 'centralUrl' | 'operatorKey'>): Observer {
  const kiosk = createKioskClient({
    baseUrl: site.applianceUrl,
    // Soon given up: an appliance that is away is what there is to see.
    retry: { attemptMsMax: 500, totalMsMax: 500 },
  });
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  let last: Observation = { status: null, applianceAnswers: false, accounts: [], centralAnswers: false };
  let askCentralMs = 0;

  return {
    async look() {
      const status = await kiosk.status();
      const applianceAnswers = status.kind === 'found';
      last = { ...last, applianceAnswers, ...(applianceAnswers && { status: status.value }) };
      if (performance.now() >= askCentralMs) {
        askCentralMs = performance.now() + centralEveryMs;
        const accounts = await central.accounts().catch(() => null);
        last = { ...last, centralAnswers: accounts !== null, ...(accounts && { accounts }) };
      }
      return last;
    },
  };
}
