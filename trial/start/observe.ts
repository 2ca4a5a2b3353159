// What the view shows, asked of the programs themselves: each appliance's status and central's accounts.
import type { Status } from '../../contract/kiosk-api.ts';
import { createKioskClient } from '../../kiosk/client.ts';
import { type Account, createCentralApi } from '../central-api.ts';
import type { Box, Site } from '../site.ts';

export interface BoxSeen {
  applianceId: string;
  /** As it last said; null before its first word. */
  status: Status | null;
  /** False while it does not answer; the status is then what it last said. */
  answers: boolean;
  link: 'up' | 'cut';
}

export interface Observation {
  boxes: BoxSeen[];
  accounts: Account[];
  centralAnswers: boolean;
}

export interface Observer {
  /** Asks all of them; never rejects. Central is asked at most once a second. */
  look(): Promise<Observation>;
}

const centralEveryMs = 1000;

export function createObserver(
  site: Pick<Site, 'centralUrl' | 'operatorKey'>,
  boxes: readonly Pick<Box, 'applianceId' | 'applianceUrl' | 'link'>[],
): Observer {
  const lookers = boxes.map(boxLooker);
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  let books: Omit<Observation, 'boxes'> = { accounts: [], centralAnswers: false };
  let askCentralMs = 0;

  return {
    async look() {
      const seen = await Promise.all(lookers.map((look) => look()));
      if (performance.now() >= askCentralMs) {
        askCentralMs = performance.now() + centralEveryMs;
        const accounts = await central.accounts().catch(() => null);
        books = { accounts: accounts ?? books.accounts, centralAnswers: accounts !== null };
      }
      return { boxes: seen, ...books };
    },
  };
}

function boxLooker({ applianceId, applianceUrl, link }: Pick<Box, 'applianceId' | 'applianceUrl' | 'link'>) {
  // Soon given up: an appliance that is away is what there is to see.
  const kiosk = createKioskClient({ baseUrl: applianceUrl, retry: { attemptMsMax: 500, totalMsMax: 500 } });
  let last: Status | null = null;
  return async (): Promise<BoxSeen> => {
    const status = await kiosk.status();
    if (status.kind === 'found') last = status.value;
    return { applianceId, status: last, answers: status.kind === 'found', link: link.state() };
  };
}
