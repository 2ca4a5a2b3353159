// The way up, as a pure machine: what to do next, given where the link and the two logs stand. It keeps no clock and
// sends nothing; the pump carries out what it says.
import type { RefusalCode } from '../../contract/sync.ts';
import { unreachable } from '../../kit/assert.ts';

export type SyncState =
  /** No link. */
  | { kind: 'offline' }
  /** Hello is on its way; nothing else is sent before the welcome. */
  | { kind: 'greeting'; helloId: string; sinceMs: number }
  | Streaming
  /** Central will not go on with this journal. Asked again after a while, in case a person mended it. */
  | { kind: 'refused'; code: RefusalCode; sinceMs: number };

export interface Streaming {
  kind: 'streaming';
  /** Sent on this connection, or known to be received. */
  sentThrough: number;
  /** The last seq of each frame without a receipt, oldest first. */
  framesOut: number[];
  /** When central last confirmed something, or the first frame of a quiet time was sent. */
  progressMs: number;
  windowFrames: number;
  entriesPerSecondMax: number;
  /** Pace: no frame before this moment. */
  notBeforeMs: number;
  /** A run is being read and will be sent: the next waits for it. */
  reading: boolean;
}

export type SyncEvent =
  | { kind: 'link_up'; helloId: string }
  | { kind: 'link_down' }
  | {
      kind: 'welcomed';
      helloId: string;
      receivedThrough: number;
      windowFrames: number;
      entriesPerSecondMax: number;
    }
  | { kind: 'refused'; helloId: string; code: RefusalCode }
  /** A receipt, verified and recorded. */
  | { kind: 'received'; through: number }
  | { kind: 'sent'; firstSeq: number; lastSeq: number }
  /** The run that was asked for could not be read or sent; it is asked for again. */
  | { kind: 'unsent' }
  /** Time passed or the journal grew. `helloId` is for a hello that may become due. */
  | { kind: 'tick'; helloId: string };

export type SyncAction =
  | { kind: 'send'; afterSeq: number }
  /** Nothing to do before this moment of the monotonic clock. */
  | { kind: 'wait'; untilMs: number }
  | { kind: 'nothing' };

export interface SyncTiming {
  /** A welcome or receipt that has not come by then is lost: say hello again. */
  answerMsMax: number;
  /** After a refusal. */
  refusedMs: number;
  /** A frame with fewer entries than this is sent only while no other is out, or central is asked: entries gather. */
  fullFrameItems: number;
}

interface Facts {
  nowMs: number;
  lastSeq: number;
  /** The newest checkout that a kiosk waits to hear of from central. */
  lastAskedSeq: number;
}

/** The state after an event. */
export function next(
  state: SyncState,
  event: SyncEvent,
  { nowMs }: Pick<Facts, 'nowMs'>,
  timing: SyncTiming,
): SyncState {
  switch (event.kind) {
    case 'link_up':
      return { kind: 'greeting', helloId: event.helloId, sinceMs: nowMs };
    case 'link_down':
      return { kind: 'offline' };
    case 'welcomed':
      // A late answer to an earlier hello says nothing about now.
      if (state.kind !== 'greeting' || state.helloId !== event.helloId) return state;
      return {
        kind: 'streaming',
        sentThrough: event.receivedThrough,
        framesOut: [],
        progressMs: nowMs,
        windowFrames: event.windowFrames,
        entriesPerSecondMax: event.entriesPerSecondMax,
        notBeforeMs: nowMs,
        reading: false,
      };
    case 'refused':
      if (state.kind === 'offline') return state;
      return { kind: 'refused', code: event.code, sinceMs: nowMs };
    case 'received':
      return state.kind === 'streaming' ? received(state, event.through, nowMs) : state;
    case 'sent':
      return state.kind === 'streaming' ? sent(state, event.firstSeq, event.lastSeq, nowMs) : state;
    case 'unsent':
      return state.kind === 'streaming' ? { ...state, reading: false } : state;
    case 'tick':
      return overdue(state, nowMs, timing)
        ? { kind: 'greeting', helloId: event.helloId, sinceMs: nowMs }
        : state;
    default:
      return unreachable(event);
  }
}

/** What is to be done in a state. 'send' is done once: the caller reports with an event. */
export function act(state: SyncState, facts: Facts, timing: SyncTiming): SyncAction {
  const { nowMs } = facts;
  switch (state.kind) {
    case 'offline':
      return { kind: 'nothing' };
    case 'greeting':
      return { kind: 'wait', untilMs: state.sinceMs + timing.answerMsMax };
    case 'refused':
      return { kind: 'wait', untilMs: state.sinceMs + timing.refusedMs };
    case 'streaming': {
      if (maySend(state, facts, timing)) {
        if (nowMs < state.notBeforeMs) return { kind: 'wait', untilMs: state.notBeforeMs };
        return { kind: 'send', afterSeq: state.sentThrough };
      }
      return state.framesOut.length > 0
        ? { kind: 'wait', untilMs: state.progressMs + timing.answerMsMax }
        : { kind: 'nothing' };
    }
    default:
      return unreachable(state);
  }
}

/** The state while the run that was asked for is read. */
export function reading(state: Streaming): Streaming {
  return { ...state, reading: true };
}

function maySend(state: Streaming, { lastSeq, lastAskedSeq }: Facts, timing: SyncTiming): boolean {
  if (state.reading || state.framesOut.length >= state.windowFrames) return false;
  const waiting = lastSeq - state.sentThrough;
  // A person stands at the kiosk: what central is asked does not gather.
  if (waiting > 0 && lastAskedSeq > state.sentThrough) return true;
  return waiting >= timing.fullFrameItems || (waiting > 0 && state.framesOut.length === 0);
}

function received(state: Streaming, through: number, nowMs: number): Streaming {
  const framesOut = state.framesOut.filter((lastSeq) => lastSeq > through);
  // A repeated or late receipt confirms nothing new, so it is no progress.
  if (framesOut.length === state.framesOut.length) return state;
  return { ...state, framesOut, progressMs: nowMs };
}

function sent(state: Streaming, firstSeq: number, lastSeq: number, nowMs: number): Streaming {
  // A run that was read for an earlier connection: on this one it counts for nothing.
  if (!state.reading || firstSeq !== state.sentThrough + 1) return state;
  const paceMs = ((lastSeq - firstSeq + 1) / state.entriesPerSecondMax) * 1000;
  return {
    ...state,
    sentThrough: lastSeq,
    framesOut: [...state.framesOut, lastSeq],
    progressMs: state.framesOut.length === 0 ? nowMs : state.progressMs,
    notBeforeMs: Math.max(state.notBeforeMs, nowMs - paceMs) + paceMs,
    reading: false,
  };
}

function overdue(state: SyncState, nowMs: number, timing: SyncTiming): boolean {
  switch (state.kind) {
    case 'offline':
      return false;
    case 'greeting':
      return nowMs - state.sinceMs >= timing.answerMsMax;
    case 'refused':
      return nowMs - state.sinceMs >= timing.refusedMs;
    case 'streaming':
      return state.framesOut.length > 0 && nowMs - state.progressMs >= timing.answerMsMax;
    default:
      return unreachable(state);
  }
}
