// The doctor that central asks for: hears of it by the feed, has it run beside the daemon, and keeps what was found for the next
// report of health. Money first: a report waits for every entry.
import type { DoctorResult } from '../../contract/doctor.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from '../store/client.ts';
import type { SyncProgress } from '../sync/progress.ts';
import type { Examiner } from '../technician/examination.ts';
import { fitResult } from './fit-result.ts';

export interface DoctorByCentral {
  /** From now on it is run when central asks. @param onFound there is something for the next report */
  open(examiner: Pick<Examiner, 'examine'>, onFound: () => void): void;
  /** Hears of the feed, for the pump to call. */
  applied: SyncProgress['applied'];
  /** What was found and not told yet; it is told once. */
  take(): DoctorResult | undefined;
}

const idsRememberedMax = 100;

export function createDoctorByCentral({
  store,
  log,
}: {
  store: Pick<StoreClient, 'ask'>;
  log: Log;
}): DoctorByCentral {
  const asked: string[] = [];
  let opened: { examiner: Pick<Examiner, 'examine'>; onFound: () => void } | null = null;
  let found: DoctorResult | undefined;

  return {
    open(examiner, onFound) {
      opened = { examiner, onFound };
    },
    applied(items) {
      for (const item of items) if (item?.kind === 'doctor') void run(item.id, item.untilMs);
    },
    take() {
      const taken = found;
      found = undefined;
      return taken;
    },
  };

  /** Each word of the feed is heard once; after a crash perhaps again, and then it is old. */
  async function run(id: string, untilMs: number): Promise<void> {
    if (asked.includes(id)) return;
    asked.push(id);
    if (asked.length > idsRememberedMax) asked.shift();
    const { at } = await store.ask('health', {});
    if (opened === null || (at.central?.ms ?? at.wallMs) > untilMs) return;
    found = fitResult(id, await opened.examiner.examine());
    log.info({ id, checks: found.checks.length, failure: found.failure }, 'the doctor looked, for central');
    opened.onFound();
  }
}
