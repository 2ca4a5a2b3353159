// Sends each appliance its feed from where it has applied it: a window of frames on their way, nothing remembered
// that a restart would miss. What is not confirmed is sent again; what is repeated does no harm.
import { limits } from '../../contract/limits.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Answers } from '../intake/answers.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { FeedPosition } from '../ledger/views.ts';

export interface FeedSender {
  /** The appliance is there and has said where it stands. */
  onHello(applianceId: string, position: FeedPosition): void;
  /** It has applied so far, durably. */
  onApplied(applianceId: string, position: FeedPosition): void;
  onBye(applianceId: string): void;
  /** These feeds have new rows; all that are listened to when none is named. */
  onGrown(applianceIds?: readonly string[]): void;
  stop(): void;
}

/** Frames on their way without being confirmed. */
const windowFrames = 4;
/** Nothing confirmed for so long: send again from the applied position. */
export const resendMs = 10_000;
/** After so many resends without a word the appliance is taken for gone; its next hello brings it back. */
export const resendsMax = 6;

interface Listener {
  appliedThrough: number;
  /** The last position of each frame on its way. */
  sent: number[];
  sentThrough: number;
  resends: number;
  /** `again`: something changed while a round of sending was in work. */
  round: 'idle' | 'sending' | 'again';
  cancelResend: () => void;
}

export function createFeedSender(parts: {
  store: LedgerPort;
  answers: Answers;
  clock: Clock;
  log: Log;
}): FeedSender {
  const { store, answers, clock, log } = parts;
  const listeners = new Map<string, Listener>();
  const state = { stopped: false };

  const startFrom = (applianceId: string, position: FeedPosition, resends: number) => {
    listeners.get(applianceId)?.cancelResend();
    const listener: Listener = {
      appliedThrough: position.appliedThrough,
      sent: [],
      sentThrough: position.appliedThrough,
      resends,
      round: 'idle',
      cancelResend: () => {},
    };
    listeners.set(applianceId, listener);
    wake(applianceId, listener);
  };

  const wake = (applianceId: string, listener: Listener) => {
    if (state.stopped) return;
    if (listener.round !== 'idle') {
      listener.round = 'again';
      return;
    }
    listener.round = 'sending';
    send(applianceId, listener)
      .catch((error: Error) => log.error({ applianceId, error: error.message }, 'feed could not be sent'))
      .finally(() => {
        const again = listener.round === 'again';
        listener.round = 'idle';
        if (again && listeners.get(applianceId) === listener) wake(applianceId, listener);
      });
  };

  async function send(applianceId: string, listener: Listener): Promise<void> {
    const current = () => listeners.get(applianceId) === listener && !state.stopped;
    while (current() && listener.sent.length < windowFrames) {
      const page = await store.feedPage({
        applianceId,
        after: listener.sentThrough,
        itemsMax: limits.frameItemsMax,
        bytesMax: limits.frameRawBytesMax,
      });
      if (page === null || page.items.length === 0 || !current()) return;
      listener.sentThrough += page.items.length;
      listener.sent.push(listener.sentThrough);
      if (listener.sent.length === 1) expectWord(applianceId, listener);
      if (!(await answers.feed(applianceId, page))) return;
    }
  }

  const expectWord = (applianceId: string, listener: Listener) => {
    listener.cancelResend();
    listener.cancelResend = clock.after(resendMs, () => {
      if (listeners.get(applianceId) !== listener || state.stopped) return;
      if (listener.resends >= resendsMax) {
        log.warn(
          { applianceId, appliedThrough: listener.appliedThrough },
          'feed not confirmed; waiting for a hello',
        );
        listeners.delete(applianceId);
        return;
      }
      store
        .feedPositionOf(applianceId)
        .then((position) => position && startFrom(applianceId, position, listener.resends + 1))
        .catch((error: Error) => log.error({ applianceId, error: error.message }, 'feed could not be sent'));
    });
  };

  return {
    onHello: (applianceId, position) => startFrom(applianceId, position, 0),
    onApplied(applianceId, position) {
      const listener = listeners.get(applianceId);
      if (!listener) return startFrom(applianceId, position, 0);
      listener.appliedThrough = Math.max(listener.appliedThrough, position.appliedThrough);
      listener.sentThrough = Math.max(listener.sentThrough, listener.appliedThrough);
      listener.sent = listener.sent.filter((through) => through > listener.appliedThrough);
      listener.resends = 0;
      listener.cancelResend();
      if (listener.sent.length > 0) expectWord(applianceId, listener);
      wake(applianceId, listener);
    },
    onBye(applianceId) {
      listeners.get(applianceId)?.cancelResend();
      listeners.delete(applianceId);
    },
    onGrown(applianceIds = [...listeners.keys()]) {
      for (const applianceId of applianceIds) {
        const listener = listeners.get(applianceId);
        if (listener) wake(applianceId, listener);
      }
    },
    stop() {
      state.stopped = true;
      for (const listener of listeners.values()) listener.cancelResend();
    },
  };
}
