// Counts what the box does, since its program started: verdicts, and how long requests, commits and receipts took. A few additions
// each, on the thread that answers kiosks.
import type { HealthReport } from '../../contract/health.ts';
import { latencyBoundsMs, latencyCountOf } from '../../contract/latency.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import type { Committed } from '../store/client.ts';

export interface Tally {
  /** A request of a kiosk was answered; `failed` where the box could not do what was asked, whoever asked rightly. */
  requestTook(ms: number, failed: boolean): void;
  committed(batch: Committed, monotonicMs: number): void;
  counts(): TallyCounts;
  /** The most since the call before. */
  takePeaks(): NonNullable<HealthReport['store']>;
}

export interface TallyCounts {
  verdicts: NonNullable<HealthReport['verdicts']>;
  /** By the code of each reason. */
  reasons: NonNullable<HealthReport['reasons']>;
  requestErrors: number;
  /** Each with what they took together. */
  http: Durations;
  commit: Durations;
  receipt: Durations;
}

export interface Durations {
  /** By `latencyBoundsMs`. */
  counts: readonly number[];
  sumMs: number;
}

/** Commits whose receipt is awaited: of a long outage the newest are not measured, for they tell of the outage alone. */
const awaitedMax = 1000;
const verdictNames = {
  authorised: 'authorised',
  approved_offline: 'approvedOffline',
  declined: 'declined',
  refused: 'refused',
  pending: 'pending',
} as const satisfies Record<VerdictKind, keyof TallyCounts['verdicts']>;

export function createTally(): Tally {
  const verdicts = { authorised: 0, approvedOffline: 0, declined: 0, refused: 0, pending: 0 };
  const reasons = new Map<string, number>();
  const [http, commit, receipt] = [durations(), durations(), durations()];
  const awaited: { seq: number; monotonicMs: number }[] = [];
  let requestErrors = 0;
  let peaks = { queueMax: 0, batchMax: 0, commitMsMax: 0 };
  return {
    requestTook(ms, failed) {
      http.add(ms);
      if (failed) requestErrors++;
    },
    committed(batch, monotonicMs) {
      const { ms, commands, waiting, verdicts: given, lastSeq, grew, receivedThrough } = batch;
      commit.add(ms);
      peaks = {
        queueMax: Math.max(peaks.queueMax, waiting),
        batchMax: Math.max(peaks.batchMax, commands),
        commitMsMax: Math.max(peaks.commitMsMax, Math.round(ms)),
      };
      for (const verdict of given) verdicts[verdictNames[verdict]]++;
      for (const code of batch.reasons) reasons.set(code, (reasons.get(code) ?? 0) + 1);
      if (grew && awaited.length < awaitedMax) awaited.push({ seq: lastSeq, monotonicMs });
      while (receivedThrough !== null && awaited[0] !== undefined && awaited[0].seq <= receivedThrough) {
        receipt.add(monotonicMs - (awaited.shift()?.monotonicMs ?? monotonicMs));
      }
    },
    counts: () => ({
      verdicts: { ...verdicts },
      reasons: Object.fromEntries(reasons),
      http: http.now(),
      requestErrors,
      commit: commit.now(),
      receipt: receipt.now(),
    }),
    takePeaks() {
      const taken = peaks;
      peaks = { queueMax: 0, batchMax: 0, commitMsMax: 0 };
      return taken;
    },
  };
}

function durations() {
  const counts = new Array<number>(latencyBoundsMs.length + 1).fill(0);
  let sumMs = 0;
  return {
    add(ms: number) {
      const at = latencyCountOf(ms);
      counts[at] = (counts[at] ?? 0) + 1;
      sumMs += ms;
    },
    now: (): Durations => ({ counts: [...counts], sumMs }),
  };
}
