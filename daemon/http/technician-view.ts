// What the technician's page shows, and the two things it has done: an examination, and a code for a kiosk.
import { encode } from 'uqr';
import type { Kiosk } from '../../contract/pairing.ts';
import type { Examination, PairingOffer, TechnicianView, Trouble } from '../../contract/technician-api.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { serviceLine } from '../service-line.ts';
import type { StoreClient } from '../store/client.ts';
import type { KioskDoor } from '../store/kiosks/door.ts';
import { KioskFileError } from '../store/kiosks/open.ts';
import { type OfferResult, openKioskRegistry } from '../store/kiosks/registry.ts';
import type { Examiner } from '../technician/examination.ts';
import { ProblemError } from './problems.ts';
import type { StatusNow } from './status.ts';

export interface ViewParts {
  store: Pick<StoreClient, 'ask'>;
  statusNow: StatusNow;
  site: string | null;
  /** Of the local network; null where nothing is offered to it. */
  lanEndsMs: () => number | null;
  kiosks: Pick<KioskDoor, 'seen'>;
  /** Where kiosks.db lies. */
  folder: string;
  troubles: () => Trouble[];
  examiner: Examiner;
  clock: Clock;
  log: Log;
}

const dayMs = 86_400_000;
/** This runs on the thread that answers kiosks. */
const waitMsMax = 100;

export function createTechnicianView(parts: ViewParts) {
  const { store, statusNow, site, lanEndsMs, kiosks, folder, troubles, examiner, clock, log } = parts;
  return {
    async view(): Promise<TechnicianView> {
      const [{ status, siteMs }, unreceived] = await Promise.all([statusNow(), store.ask('queue', {})]);
      const notAfterMs = lanEndsMs();
      return {
        nowMs: clock.wallMs(),
        site,
        headline: serviceLine(status),
        status,
        unreceived,
        lanCertificate:
          notAfterMs === null ? null : { notAfterMs, daysLeft: Math.floor((notAfterMs - siteMs) / dayMs) },
        kiosks: readable(() => kiosks.seen()),
        troubles: troubles(),
        examination: examiner.standing(),
      };
    },
    examine(): Examination {
      examiner.start();
      return examiner.standing();
    },
    /** The same as `holdfast kiosk pair`. @throws ProblemError */
    pair(kiosk: Kiosk): PairingOffer {
      const offered = offer(kiosk);
      switch (offered.kind) {
        case 'offered': {
          log.info({ kiosk: kiosk.name, scopes: kiosk.scopes }, 'a technician made a pairing code');
          const { code, codeMsMax } = offered;
          return { ...kiosk, code, validSeconds: codeMsMax / 1000, qr: qrRows(code) };
        }
        case 'name_taken':
          throw new ProblemError('kiosk_name_taken');
        case 'full':
          throw new ProblemError('kiosks_full');
      }
    },
  };

  function offer(kiosk: Kiosk): OfferResult {
    try {
      const registry = openKioskRegistry(folder, clock, waitMsMax);
      try {
        return registry.offer(kiosk);
      } finally {
        registry.close();
      }
    } catch (error) {
      if (isBusy(error)) throw new ProblemError('busy');
      if (error instanceof KioskFileError || isSqlite(error)) throw new ProblemError('kiosks_unreadable');
      throw error;
    }
  }
}

/** A damaged file of kiosks must not hide all the rest. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isSqlite(error)) return null;
    throw error;
  }
}

function isSqlite(error: unknown): boolean {
  return ((error as { code?: string }).code ?? '').startsWith('SQLITE_');
}

function isBusy(error: unknown): boolean {
  const { code = '', cause } = error as { code?: string; cause?: unknown };
  return code.startsWith('SQLITE_BUSY') || (cause !== undefined && isBusy(cause));
}

/** The code alone, as `holdfast kiosk pair` shows it: a scanner types it into the kiosk. */
function qrRows(code: string): string[] {
  return encode(code, { ecc: 'M', border: 2 }).data.map((row) =>
    row.map((dark) => (dark ? '1' : '0')).join(''),
  );
}
