// What one event from a processor means for the rest of central: given inside the store's transaction, with how it stands
// to what was known before.
import type { ProcessorEvent } from '../processors/port.ts';
import type { Standing } from './newer.ts';

export interface ToldEvent {
  processor: string;
  event: ProcessorEvent;
  /** `nothing`: it says nothing of a charge, a refund or a dispute. An `older` one must change no state. */
  standing: Standing | 'nothing';
}

/** Throws what keeps it from being applied: everything it did is undone, and it is tried again later. */
export type ApplyEvent = (told: ToldEvent, nowMs: number) => unknown;
