// Notices one identity that speaks from two machines: a cloned disk, or a key that was copied. Tells the store, which raises
// the condition once; nothing is closed by it, for nobody here can say which of the two is the right one.
import type { Log } from '../../kit/log.ts';
import type { StandingPort } from './standing-port.ts';
import { judgeTakeovers, type Takeover } from './two-places.ts';

export interface CloneWatch {
  noteHello(said: Parameters<StandingPort['noteHello']>[0]): Promise<void>;
  /** A second connection of an appliance while the first still stood. */
  noteTakeover(applianceId: string, address: string): void;
}

/** Appliances whose connections changed lately; more are not remembered. */
const appliancesMax = 5000;

export function createCloneWatch(parts: {
  store: Pick<StandingPort, 'noteHello' | 'raiseCondition'>;
  nowMs(): number;
  log: Log;
}): CloneWatch {
  const { store, nowMs, log } = parts;
  const recent = new Map<string, Takeover[]>();
  const say = (applianceId: string) =>
    log.error({ applianceId, condition: 'identity_in_two_places' }, 'one identity speaks from two machines');

  async function raise(applianceId: string, detail: string): Promise<void> {
    const code = 'identity_in_two_places';
    const { raised } = await store.raiseCondition({ applianceId, code, detail, nowMs: nowMs() });
    if (raised) say(applianceId);
  }

  return {
    async noteHello(said) {
      const { raised } = await store.noteHello(said);
      if (raised) say(said.applianceId);
    },
    noteTakeover(applianceId, address) {
      const judged = judgeTakeovers(recent.get(applianceId) ?? [], { atMs: nowMs(), address });
      // The newest last, so that the oldest goes when there are too many.
      recent.delete(applianceId);
      recent.set(applianceId, judged.takeovers);
      const [oldest] = recent.keys();
      if (recent.size > appliancesMax && oldest !== undefined) recent.delete(oldest);
      if (!judged.twoPlaces) return;
      const addresses = [...new Set(judged.takeovers.map((one) => one.address))].join(', ');
      raise(applianceId, `connections from ${addresses} push each other out`).catch((error: Error) =>
        log.warn({ applianceId, error: error.message }, 'a condition could not be kept'),
      );
    },
  };
}
