// Carries rollouts on: at its own pace it gives the store what boxes last said of themselves, and the store takes the steps.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { HeardReport, Reports } from '../fleet/port.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { Said } from './port.ts';

export interface RolloutLoop {
  /** A rollout was made or acted on. */
  wake(): void;
  stop(): Promise<void>;
}

/** Boxes speak every half minute. */
const turnEveryMs = 3000;
/** Between two pieces of one rollout: the store has others to serve. */
const pieceEveryMs = 50;

export function startRolloutLoop(parts: {
  store: Pick<LedgerPort, 'openRollouts' | 'turnRollout'>;
  reports: Pick<Reports, 'of'>;
  /** One went on: whoever looks at it is told. */
  onTurned?: () => void;
  clock: Clock;
  log: Log;
}): RolloutLoop {
  const { store, reports, clock, log } = parts;
  const state = { stopped: false, failing: false, again: false };
  let cancel = () => {};
  let running: Promise<void> | null = null;

  const plan = (delayMs: number) => {
    cancel();
    if (!state.stopped) cancel = clock.after(delayMs, start);
  };
  const start = () => {
    if (running) {
      state.again = true;
      return;
    }
    running = turn()
      .catch((error: Error) => {
        if (!state.failing) log.error({ error: error.message }, 'rollouts wait for the store');
        state.failing = true;
        return false;
      })
      .then((more) => {
        running = null;
        plan(more || state.again ? pieceEveryMs : turnEveryMs);
        state.again = false;
      });
  };

  async function turn(): Promise<boolean> {
    const open = await store.openRollouts();
    let more = false;
    for (const { number, applianceIds, more: others } of open) {
      if (state.stopped) return false;
      const said = new Map(applianceIds.flatMap((id) => saidBy(id)));
      const turned = await store.turnRollout({ number, said }, clock.wallMs());
      if (turned.changed) parts.onTurned?.();
      more ||= turned.more || others;
    }
    state.failing = false;
    return more;
  }

  function saidBy(applianceId: string): [string, Said][] {
    const heard = reports.of(applianceId);
    if (!heard) return [];
    const { versions, release, slots = null, configuration, conditions } = heard.report;
    const probe = probeOf(heard);
    const answers = answersOf(heard);
    const catalogue = {
      version: versions.catalogue,
      incomplete: conditions.some(({ code }) => code === 'catalogue_incomplete'),
    };
    return [
      [
        applianceId,
        { policyVersion: versions.policy, catalogue, configuration, release, slots, probe, answers },
      ],
    ];
  }

  plan(0);
  return {
    wake: start,
    async stop() {
      state.stopped = true;
      cancel();
      await running;
    },
  };
}

/** Its age is the box's own measure; when it was is by central's clock, for the box's may be years off. */
function probeOf({ report, heardMs }: HeardReport): Said['probe'] {
  const { synthetic, at } = report;
  if (!synthetic) return null;
  return { passed: synthetic.kind !== 'failed', atMs: heardMs - Math.max(0, at.wallMs - synthetic.atMs) };
}

function answersOf({ report: { latency, requestErrors, upMs } }: HeardReport): Said['answers'] {
  if (latency === undefined || requestErrors === undefined) return null;
  return { requests: latency.http.reduce((sum, count) => sum + count, 0), errors: requestErrors, upMs };
}
