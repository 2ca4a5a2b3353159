// Makes synthetic checkouts, one at a time, and follows each as far as central's word on it. Whether a checkout is one is
// said here and nowhere else: by a token for one request of one id, which never leaves this process.
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { SyntheticEntry } from '../../contract/entry.ts';
import type { Condition } from '../../contract/kiosk-api.ts';
import type { SyntheticResult } from '../../contract/synthetic.ts';
import type { OutcomeKind } from '../../contract/verdict.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from '../store/client.ts';
import type { SyncProgress } from '../sync/progress.ts';
import { failureHint, judgeSynthetic, type Submitted } from './judge.ts';
import type { Submit } from './submit.ts';

type SyntheticBy = SyntheticEntry['by'];

export interface Synthetics {
  /** From now on they can be made, over the interface that kiosks use. */
  open(submit: Submit): void;
  /** Makes one now, after those that wait, and tells what came of it; rejects never. */
  run(by: SyntheticBy, withinMs?: number): Promise<SyntheticResult>;
  /** What the bearer of this token makes, should it be ours and not used yet. */
  expected(token: string): { id: string; by: SyntheticBy } | null;
  /** The newest result of this run of the program. */
  last(): SyntheticResult | null;
  /** While the newest one failed. */
  condition(): Condition | null;
  /** Hears of the sync, for the pump to call. */
  progress: SyncProgress;
}

/** Enough for a link of bad days; a release that needs longer is not to be trusted. */
export const withinMsDefault = 10_000;
/** A frame: what stands before it does not hold it up for long. */
const backlogEntriesMax = 400;
/** Those asked for while one runs. */
const waitingMax = 4;
const idsRememberedMax = 100;

interface Following {
  id: string;
  startMs: number;
  sent: { through: number; ms: number }[];
  received: { through: number; ms: number }[];
  applied: { ms: number; outcome: OutcomeKind; atMs: number } | null;
  wake(): void;
}

export function createSynthetics({
  store,
  clock,
  log,
  onAnswered = () => {},
}: {
  store: Pick<StoreClient, 'ask'>;
  clock: Clock;
  log: Log;
  /** One that central asked for was made: it waits for the report. */
  onAnswered?: () => void;
}): Synthetics {
  let submit: Submit | null = null;
  let following: Following | null = null;
  let last: SyntheticResult | null = null;
  let failingSinceMs: number | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const tokens = new Map<string, { id: string; by: SyntheticBy }>();
  const asked: string[] = [];

  const synthetics: Synthetics = {
    open(given) {
      submit = given;
    },
    run: (by, withinMs = withinMsDefault) => inTurn(() => once(randomUUIDv7(), by, withinMs)),
    expected(token) {
      const found = tokens.get(token) ?? null;
      tokens.delete(token);
      return found;
    },
    last: () => last,
    condition() {
      if (last?.failure == null || failingSinceMs === null) return null;
      return { code: 'synthetic_failing', hint: failureHint(last.failure), sinceMs: failingSinceMs };
    },
    progress: {
      sent: (through) => following?.sent.push({ through, ms: elapsedMs(following) }),
      received(through) {
        following?.received.push({ through, ms: elapsedMs(following) });
      },
      applied(items) {
        for (const item of items) {
          if (item?.kind === 'outcome' && item.id === following?.id) {
            following.applied = { ms: elapsedMs(following), outcome: item.outcome, atMs: item.atMs };
            following.wake();
          }
          if (item?.kind === 'synthetic') void byCentral(item.id, item.untilMs);
        }
      },
    },
  };
  return synthetics;

  function elapsedMs({ startMs }: Following): number {
    return Math.round(clock.monotonicMs() - startMs);
  }

  function inTurn(work: () => Promise<SyntheticResult>): Promise<SyntheticResult> {
    // Whoever would wait for more than these is told of the newest instead.
    if (waiting >= waitingMax && last) return Promise.resolve(last);
    waiting++;
    const done = turn.then(work).finally(() => waiting--);
    turn = done.catch(() => {});
    return done;
  }

  /** Each word of the feed is heard once; after a crash perhaps again, and then it is old. */
  async function byCentral(id: string, untilMs: number): Promise<void> {
    if (asked.includes(id)) return;
    asked.push(id);
    if (asked.length > idsRememberedMax) asked.shift();
    const { at } = await store.ask('health', {});
    if ((at.central?.ms ?? at.wallMs) > untilMs) return;
    await inTurn(() => once(id, 'central', withinMsDefault));
    onAnswered();
  }

  async function once(id: string, by: SyntheticBy, withinMs: number): Promise<SyntheticResult> {
    const atMs = clock.wallMs();
    const one: Following = {
      id,
      startMs: clock.monotonicMs(),
      sent: [],
      received: [],
      applied: null,
      wake: () => {},
    };
    following = one;
    try {
      const { submitted, durableMs } = await submitOne(one, by, withinMs);
      const wayFree = submitted.kind === 'answered' && (await isWayFree());
      if (wayFree) await outcomeOf(one, withinMs);
      const seq = submitted.kind === 'answered' ? submitted.answer.seq : Number.MAX_SAFE_INTEGER;
      const reached = (steps: Following['sent']) => steps.find(({ through }) => through >= seq)?.ms ?? null;
      return note(
        judgeSynthetic({
          ...{ id, by, atMs, submitted, wayFree },
          hops: {
            durableMs,
            sentMs: reached(one.sent),
            receivedMs: reached(one.received),
            bookedMs: one.applied && (await bookedMs(one, one.applied)),
            appliedMs: one.applied?.ms ?? null,
          },
          outcome: one.applied?.outcome ?? null,
        }),
      );
    } catch (error) {
      log.error({ error: (error as Error).message }, 'a synthetic checkout could not be followed');
      const hops = { durableMs: null, sentMs: null, receivedMs: null, bookedMs: null, appliedMs: null };
      const nothing = { submitted: { kind: 'silent' as const }, wayFree: false, hops, outcome: null };
      return note(judgeSynthetic({ id, by, atMs, ...nothing }));
    } finally {
      following = null;
    }
  }

  async function submitOne(
    one: Following,
    by: SyntheticBy,
    withinMs: number,
  ): Promise<{ submitted: Submitted; durableMs: number | null }> {
    const { checkout } = await store.ask('syntheticBasket', {});
    if (!checkout || !submit) return { submitted: { kind: 'nothing_to_sell' }, durableMs: null };
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, { id: one.id, by });
    one.startMs = clock.monotonicMs();
    const submitted = await submit({ id: one.id, token, checkout, withinMs });
    tokens.delete(token);
    return { submitted, durableMs: submitted.kind === 'answered' ? elapsedMs(one) : null };
  }

  async function isWayFree(): Promise<boolean> {
    const { link, journal } = await store.ask('status', {});
    return link.kind === 'online' && journal.pending <= backlogEntriesMax;
  }

  function outcomeOf(one: Following, withinMs: number): Promise<void> {
    if (one.applied) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(Math.max(1, withinMs - elapsedMs(one)), resolve);
      one.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Central's word has central's time: it lies between the sending and the applying, however far off the estimate is. */
  async function bookedMs(one: Following, applied: { ms: number; atMs: number }): Promise<number | null> {
    const { at } = await store.ask('health', {});
    if (!at.central) return null;
    const ms = Math.round(applied.atMs - (at.central.ms - at.monotonicMs) - one.startMs);
    return Math.min(applied.ms, Math.max(one.sent[0]?.ms ?? 0, ms));
  }

  function note(result: SyntheticResult): SyntheticResult {
    const { kind, failure, verdict, hops, by, id } = result;
    last = result;
    if (kind === 'failed') failingSinceMs ??= clock.wallMs();
    else failingSinceMs = null;
    if (kind === 'failed') log.warn({ id, by, failure, verdict, hops }, 'a synthetic checkout failed');
    else log.info({ id, by, kind, verdict, hops }, 'made a synthetic checkout');
    return result;
  }
}
