// Does what the time-out rule says to reviews that nobody answered: looks at its own pace, a bounded piece at a time.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { ReviewPort } from './review-port.ts';
import type { ReviewRules } from './reviews.ts';

/** More than this between the wall clock and the monotonic one within a look, and the wall clock was set. */
const stepMsMin = 5 * 60_000;
/** A clock that was set to next year must not decline everything at once: somebody has this long to set it right. */
const afterStepMs = 3_600_000;

/** Hours are what the rules count in. */
const lookMs = 60_000;
const pieceReviewsMax = 50;

export interface ReviewClock {
  /** Resolves when nothing of it is under way any more. */
  stop(): Promise<void>;
}

export function startReviewClock(parts: {
  store: Pick<ReviewPort, 'decideDueReviews'>;
  rules: ReviewRules;
  clock: Pick<Clock, 'after' | 'wallMs' | 'monotonicMs'>;
  log: Log;
}): ReviewClock {
  const { store, rules, clock, log } = parts;
  const state = { stopped: false, cancel: () => {}, looking: Promise.resolve() };
  const seen = { offsetMs: clock.wallMs() - clock.monotonicMs(), restsUntilMs: 0 };

  /** False for a while after the wall clock was set. */
  const clockHolds = () => {
    const monotonicMs = clock.monotonicMs();
    const offsetMs = clock.wallMs() - monotonicMs;
    const stepMs = offsetMs - seen.offsetMs;
    seen.offsetMs = offsetMs;
    if (Math.abs(stepMs) > stepMsMin) {
      seen.restsUntilMs = monotonicMs + afterStepMs;
      log.error(
        { stepMs, waitMs: afterStepMs },
        'the clock was set: due reviews wait, set it right if it is wrong',
      );
    }
    return monotonicMs >= seen.restsUntilMs;
  };

  const look = async () => {
    try {
      for (let more = clockHolds(); more && !state.stopped; ) {
        const piece = { rules, reviewsMax: pieceReviewsMax, nowMs: clock.wallMs() };
        const { decided, escalated } = await store.decideDueReviews(piece);
        if (decided + escalated > 0) log.info({ decided, escalated }, 'reviews were due');
        more = decided + escalated === pieceReviewsMax;
      }
    } catch (error) {
      // The disk may be full for a while: nothing was changed, and the next look does it.
      log.warn({ error: (error as Error).message }, 'due reviews wait');
    }
    if (!state.stopped) plan();
  };
  const plan = () => {
    state.cancel = clock.after(lookMs, () => {
      state.looking = look();
    });
  };
  plan();
  return {
    async stop() {
      state.stopped = true;
      state.cancel();
      await state.looking;
    },
  };
}
