// Looks at the box for one report after the other: at what the status says, at the store, at this process and at the machine.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthReport } from '../../contract/health.ts';
import type { LinkView, Status } from '../../contract/kiosk-api.ts';
import type { SyntheticResult } from '../../contract/synthetic.ts';
import type { Clock } from '../../kit/clock.ts';
import type { StoreClient } from '../store/client.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { makeReport } from './report.ts';
import type { Durations, Tally } from './tally.ts';

export interface LookParts {
  status(): Promise<Status>;
  synthetic(): SyntheticResult | null;
  /** What the doctor found for central, taken away with it; null where another one takes it. */
  doctor: (() => HealthReport['doctor']) | null;
  store: Pick<StoreClient, 'ask'>;
  /** The journal's. */
  folder: string;
  release: string;
  /** Where the program is from; undefined: the box takes no releases. */
  slots?: () => HealthReport['slots'];
  /** What counts of what central set. */
  configuration?: () => HealthReport['configuration'];
  clock: Clock;
  tally: Pick<Tally, 'counts'>;
  /** The most since the look before; null where another one takes it. */
  peaks: Tally['takePeaks'] | null;
  /** Every paired kiosk, with when it was last known here. */
  kiosks(): readonly { lastSeenMs: number | null }[];
}

/** A kiosk that was heard within this time is one that works. */
const seenWithinMs = 300_000;

export function createLook({
  status,
  synthetic,
  doctor,
  store,
  folder,
  release,
  slots = () => undefined,
  configuration = () => undefined,
  clock,
  tally,
  peaks,
  kiosks,
}: LookParts): () => Promise<HealthReport> {
  const startedMs = clock.monotonicMs();
  const core = coreWatch(clock);
  const outages = outageCount();
  const counted = () => {
    const { verdicts, reasons, requestErrors, http, commit, receipt } = tally.counts();
    return {
      ...{ verdicts, reasons, requestErrors },
      latency: { http: trimmed(http), commit: trimmed(commit), receipt: trimmed(receipt) },
      ...(peaks && { store: peaks() }),
      ...kiosksSeen(kiosks, clock.wallMs()),
    };
  };
  return async () => {
    const [known, { at, oldestUnreceivedMs }] = await Promise.all([status(), store.ask('health', {})]);
    return makeReport({
      at,
      release,
      upMs: clock.monotonicMs() - startedMs,
      status: known,
      slots: slots(),
      configuration: configuration(),
      oldestUnreceivedMs,
      journalBytes: journalBytes(folder),
      outages: outages(known.link),
      residentBytes: process.memoryUsage.rss(),
      corePermille: core(),
      machine: lookAtMachine(folder),
      counted: counted(),
      synthetic: synthetic(),
      doctor: doctor?.(),
    });
  };
}

/** Of the file and of what is written ahead of it. */
function journalBytes(folder: string): number {
  return ['', '-wal'].reduce(
    (sum, end) =>
      sum + (statSync(`${join(folder, 'journal.db')}${end}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Zeros at the end are not sent. */
function trimmed({ counts }: Durations): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);
}

/** Nothing where the file of kiosks cannot be read now. */
function kiosksSeen(kiosks: LookParts['kiosks'], nowMs: number) {
  try {
    const all = kiosks();
    const seen = all.filter(({ lastSeenMs }) => lastSeenMs !== null && nowMs - lastSeenMs < seenWithinMs);
    return { kiosks: { paired: all.length, seen: seen.length } };
  } catch {
    return {};
  }
}

/** Processor time since the call before, in thousandths of one core; null at the first. */
function coreWatch(clock: Clock): () => number | null {
  let before: { usage: NodeJS.CpuUsage; ms: number } | null = null;
  return () => {
    const now = { usage: process.cpuUsage(), ms: clock.monotonicMs() };
    const was = before;
    before = now;
    if (was === null || now.ms <= was.ms) return null;
    const usedMs = (now.usage.user + now.usage.system - was.usage.user - was.usage.system) / 1000;
    return Math.round((usedMs / (now.ms - was.ms)) * 1000);
  };
}

/** How often the link was seen to go: a change of which each look sees the last. */
function outageCount(): (link: LinkView) => number {
  let outages = 0;
  let before: LinkView | null = null;
  return (link) => {
    const went = before !== null && before.kind === 'online' && link.sinceMs !== before.sinceMs;
    if (went) outages++;
    before = link;
    return outages;
  };
}
