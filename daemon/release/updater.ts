// Brings the box to the release that central wishes: fetches it, waits for the moment, has it tried, and says what became of
// it. Selling never waits for any of this.
import type { HealthReport, ReleaseStep as SaidStep } from '../../contract/health.ts';
import { unreachable } from '../../kit/assert.ts';
import { backoffDelayMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from '../store/client.ts';
import type { ReleaseWish } from '../store/release-wish.ts';
import { SourceBusyError } from './central-source.ts';
import type { Fetched } from './fetch.ts';
import type { Launched } from './launch.ts';
import { nextStep, type ReleaseStep } from './next-step.ts';
import { emptied, end, filled, goBackTo, type Slots, tryOut } from './slots.ts';
import type { SlotsFile } from './slots-file.ts';

export interface Updater {
  /** For the health report. */
  view(): HealthReport['slots'];
  stop(): void;
}

/** What a program says of itself. */
export interface ProgramSaid {
  release: string;
  /** It can go on with the files, and whoever may take over from it can go on with what it leaves. */
  leavesReadable: boolean;
}

export interface UpdaterParts {
  files: SlotsFile;
  launched: Launched;
  release: string;
  store: Pick<StoreClient, 'ask' | 'quietMs'>;
  quietMsMin: number;
  inFlight(): number;
  fetch(release: string): Promise<Fetched>;
  /** Runs it once and asks what it is; null: it does not answer. */
  askProgram(program: string): Promise<ProgramSaid | null>;
  online(): Promise<boolean>;
  /** Ends this program in order; whoever supervises it starts the launcher. */
  restart(reason: string): void;
  /** What the view says of the wish has come to its end. */
  onEnded(): void;
  clock: Clock;
  random(): number;
  log: Log;
}

const lookEveryMs = 5000;
const retry = { delayMsBase: 10_000, delayMsMax: 15 * 60_000 };
/** As often a file is fetched whole whose sum is another. */
const differsMax = 3;

export function startUpdater(parts: UpdaterParts): Updater {
  const { files, launched, release, store, clock, log } = parts;
  const state: {
    stopped: boolean;
    wish: ReleaseWish | null;
    doing: SaidStep;
    reason: string | null;
    differed: number;
    failures: number;
  } = {
    ...{ stopped: false, wish: null, doing: 'none', reason: null, differed: 0, failures: 0 },
  };
  let cancel = () => {};

  const again = (delayMs: number) => {
    if (!state.stopped) cancel = clock.after(delayMs, () => void turn());
  };

  async function turn(): Promise<void> {
    let delayMs = lookEveryMs;
    try {
      const { wish, open } = await store.ask('releaseWish', {});
      if (wish?.rollout !== state.wish?.rollout || wish?.returns !== state.wish?.returns) state.differed = 0;
      state.wish = wish;
      const slots = files.read();
      const facts = {
        wish,
        slots,
        launched,
        release,
        open,
        inFlight: parts.inFlight(),
        quietMs: store.quietMs(),
        quietMsMin: parts.quietMsMin,
      };
      await carryOut(nextStep(facts), slots, wish);
      state.failures = 0;
    } catch (error) {
      const waitMs = error instanceof SourceBusyError ? error.waitMs * (1 + parts.random()) : 0;
      delayMs = Math.max(lookEveryMs, waitMs, backoffDelayMs(retry, state.failures++, parts.random));
      log.warn(
        { error: (error as Error).message, delayMs: Math.round(delayMs) },
        'the release is not fetched yet',
      );
    }
    again(delayMs);
  }

  async function carryOut(step: ReleaseStep, slots: Slots, wish: ReleaseWish | null): Promise<void> {
    if (wish === null || state.stopped) return;
    state.reason = null;
    switch (step.kind) {
      case 'nothing':
        return;
      case 'arrived':
        files.write(end(slots, wish, 'running'));
        return parts.onEnded();
      case 'refuse':
        return refuse(slots, wish, step.reason);
      case 'fetch':
        state.doing = 'fetching';
        return fetch(step, slots, wish);
      case 'wait':
        state.doing = 'waiting';
        state.reason = step.reason;
        return;
      case 'try':
        files.write(tryOut(slots, step.slot, { rollout: wish.rollout, online: await parts.online() }));
        return parts.restart(`trying release ${wish.release}`);
      case 'go_back':
        files.write(goBackTo(slots, step.to, wish));
        return parts.restart(`going back to release ${wish.release ?? launched.packageRelease}`);
      default:
        return unreachable(step);
    }
  }

  async function fetch(
    { slot, release: wanted }: ReleaseStep & { kind: 'fetch' },
    slots: Slots,
    wish: ReleaseWish,
  ) {
    const fetched = await parts.fetch(wanted);
    if (state.stopped) return;
    if (fetched.kind === 'refused') {
      const { reason } = fetched;
      if (reason === 'file_differs' && ++state.differed < differsMax)
        throw new Error('what came differs from what was signed');
      return refuse(slots, wish, reason);
    }
    // That it starts here at all is seen before anything depends on it.
    const said = await parts.askProgram(fetched.path);
    if (said === null) return refuse(slots, wish, 'cannot_be_started');
    if (said.release !== wanted) return refuse(slots, wish, 'release_misnamed');
    // Once it has changed the journal, nobody could take over from it (I16).
    if (!said.leavesReadable) return refuse(slots, wish, 'journal_not_readable_after');
    files.write(emptied(slots, slot));
    files.install(fetched.path, slot);
    files.write(filled(emptied(slots, slot), slot, fetched.file));
    log.info({ release: wanted, slot }, 'the release is here');
  }

  function refuse(slots: Slots, wish: ReleaseWish, reason: string): void {
    log.error({ release: wish.release, reason }, 'the release is not taken');
    files.write(end(slots, wish, 'failed', reason));
    parts.onEnded();
  }

  again(0);
  return {
    view() {
      const { trial, ended } = files.read();
      const running = launched.slot;
      if (trial) return { running, rollout: trial.rollout, step: 'proving', reason: null };
      const { wish } = state;
      const over = ended !== null && (wish === null || ended.rollout === wish.rollout);
      if (over) return { running, rollout: ended.rollout, step: ended.step, reason: ended.reason };
      return {
        running,
        rollout: wish?.rollout ?? null,
        step: wish ? state.doing : 'none',
        reason: state.reason,
      };
    },
    stop() {
      state.stopped = true;
      cancel();
    },
  };
}
