// The sandbox's time: the machine's, or one that stands still until it is turned by hand.
import { type Clock, manualClock, systemClock } from '../kit/clock.ts';

export const clockKinds = ['system', 'manual'] as const;
export type ClockKind = (typeof clockKinds)[number];

export type SandboxClock =
  | ({ kind: 'system' } & Clock)
  | ({ kind: 'manual' } & ReturnType<typeof manualClock>);

/** A manual clock stands at the machine's time of its making, in whole seconds. */
export function createClock(kind: ClockKind): SandboxClock {
  if (kind === 'system') return { kind, ...systemClock() };
  return { kind, ...manualClock(Math.floor(Date.now() / 1000) * 1000) };
}
