// What one event from a processor means for the rest of central: given inside the store's transaction, with how it stands
// to what was known before.
import type { ProcessorEvent } from '../processors/port.ts';
import type { Standing } from './newer.ts';
import type { ProcessorObject } from './object.ts';

export type ToldEvent = { processor: string; event: ProcessorEvent } & (
  | { standing: Exclude<Standing, 'older'> | 'nothing' }
  /** Must change no state: what is `newest` holds. That an attempt has ended, and how, it may still tell. */
  | { standing: 'older'; newest: ProcessorObject }
);

/** Throws what keeps it from being applied: everything it did is undone, and it is tried again later. */
export type ApplyEvent = (told: ToldEvent, nowMs: number) => unknown;
