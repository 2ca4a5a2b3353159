// A program on trial proves itself, or what ran before runs again: it must have stood for a while, with a store that reads and
// writes, a link where there was one, a backlog that is known and handed over, and no failed synthetic checkout.
import type { SyntheticResult } from '../../contract/synthetic.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from '../store/client.ts';
import type { Launched } from './launch.ts';
import { prove, returnFrom, type Slots } from './slots.ts';
import type { SlotsFile } from './slots-file.ts';

export interface ProofLook {
  /** Reads and writes; rejects when it cannot. */
  selfCheck(): Promise<unknown>;
  /** Of the oldest entry that central has not received; null: it has all. */
  oldestUnreceivedMs(): Promise<number | null>;
  online(): Promise<boolean>;
  /** Makes a synthetic checkout through this program; null: this box makes none. Rejects never. */
  probe(): Promise<'passed' | 'failed' | null>;
}

export interface ProvingTimes {
  lookEveryMs: number;
  /** All must have been well for so long. */
  steadyMs: number;
  /** By then it must have been. */
  provingMsMax: number;
}

/** @param parts.restart ends this program, so that the launcher starts the one before */
export function startProving(parts: {
  files: SlotsFile;
  launched: Launched;
  look: ProofLook;
  times: ProvingTimes;
  onEnded(): void;
  restart(reason: string): void;
  clock: Clock;
  log: Log;
}): () => void {
  const { files, launched, look, clock, log, times } = parts;
  const startedMs = clock.monotonicMs();
  let wellSinceMs: number | null = null;
  let probed = false;
  let cancel = () => {};
  let stopped = false;

  async function turn(trial: NonNullable<Slots['trial']>): Promise<void> {
    // One that passed is enough: each is a checkout, if one that sells nothing.
    const wrong = (await whatIsWrong(look, trial)) ?? (probed ? null : await probe());
    if (stopped) return;
    const nowMs = clock.monotonicMs();
    wellSinceMs = wrong === null ? (wellSinceMs ?? nowMs) : null;
    if (wellSinceMs !== null && nowMs - wellSinceMs >= times.steadyMs) {
      files.write(prove(files.read()));
      log.info({ slot: trial.slot }, 'the release has proved itself');
      parts.onEnded();
      return;
    }
    // A checkout that fails says that selling does: nothing is waited for.
    if (wrong === 'probe_failed' || nowMs - startedMs >= times.provingMsMax) {
      return giveUp(wrong ?? 'not_steady');
    }
    cancel = clock.after(times.lookEveryMs, () => void turn(trial));
  }

  async function probe(): Promise<string | null> {
    const came = await look.probe();
    probed = came === 'passed';
    return came === 'failed' ? 'probe_failed' : null;
  }

  function giveUp(reason: string): void {
    log.error({ reason }, 'the release has not proved itself; what ran before runs again');
    files.write(returnFrom(files.read(), reason));
    parts.restart(`the release has not proved itself: ${reason}`);
  }

  const slots = files.read();
  if (slots.trial !== null) {
    if (launched.slot === slots.trial.slot) void turn(slots.trial);
    // The launcher could not make it start: this is what ran before.
    else files.write(returnFrom(slots, 'cannot_be_started'));
  }
  return () => {
    stopped = true;
    cancel();
  };
}

/** What a shop sells now is on its way; what is older lies. */
const backlogAgeMsMax = 60_000;

/** How long the oldest entry has lain that central has no receipt for; null: it has all. */
export async function backlogAgeMs(store: Pick<StoreClient, 'ask'>): Promise<number | null> {
  const { at, oldestUnreceivedMs } = await store.ask('health', {});
  return oldestUnreceivedMs === null ? null : at.wallMs - oldestUnreceivedMs;
}

/** What a synthetic checkout says of this program; a box that has nothing to sell yet says nothing. */
export function probeWord({
  kind,
  failure,
}: Pick<SyntheticResult, 'kind' | 'failure'>): 'passed' | 'failed' | null {
  if (failure === 'nothing_to_sell') return null;
  return kind === 'failed' ? 'failed' : 'passed';
}

async function whatIsWrong(look: ProofLook, { online }: { online: boolean }): Promise<string | null> {
  try {
    await look.selfCheck();
    if (online && !(await look.online())) return 'no_link';
    const oldestMs = await look.oldestUnreceivedMs();
    if (online && oldestMs !== null && oldestMs > backlogAgeMsMax) return 'backlog_not_received';
    return null;
  } catch {
    return 'store_failed';
  }
}
