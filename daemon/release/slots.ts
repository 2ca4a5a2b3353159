// Which program the box runs: the one its package brought, or one of two slots. Pure: every change of the file that remembers it
// is a function here, so that a loss of power between any two of them leaves one that is known.
import * as z from 'zod';
import { type SlotName, slotNames } from '../../contract/health.ts';

const SlotFile = z.strictObject({
  release: z.string(),
  sha256: z.string().length(64),
  bytes: z.int().min(1),
});
export type SlotFile = z.infer<typeof SlotFile>;
export type Slot = Exclude<SlotName, 'package'>;

export const Slots = z.strictObject({
  v: z.literal(1),
  /** The newest that has proved itself: what runs when nothing else is tried. */
  proven: z.enum(slotNames),
  a: SlotFile.nullable(),
  b: SlotFile.nullable(),
  /** A program that has not proved itself; `starts` counts those that began. */
  trial: z
    .strictObject({
      slot: z.enum(['a', 'b']),
      rollout: z.int(),
      starts: z.int().min(0),
      /** Whether there was a link before: then there must be one again. */
      online: z.boolean(),
    })
    .nullable(),
  /** What became of the newest thing that central wished. */
  ended: z
    .strictObject({
      rollout: z.int(),
      returns: z.boolean(),
      step: z.enum(['running', 'failed']),
      reason: z.string().nullable(),
    })
    .nullable(),
});
export type Slots = z.infer<typeof Slots>;

export const noSlots: Slots = { v: 1, proven: 'package', a: null, b: null, trial: null, ended: null };

/** A program that has not proved itself after so many starts does not get another. */
export const trialStartsMax = 3;

/** What is started now, and what is to be remembered before it is. */
export function choose(slots: Slots): { run: SlotName; slots: Slots } {
  const { trial } = slots;
  if (trial === null) return { run: slots.proven, slots };
  if (trial.starts >= trialStartsMax) {
    const returned = returnFrom(slots, 'crashed_at_start');
    return { run: returned.proven, slots: returned };
  }
  return { run: trial.slot, slots: { ...slots, trial: { ...trial, starts: trial.starts + 1 } } };
}

/** Where the next release is put: never where the proven one lies. */
export function freeSlot({ proven }: Slots): Slot {
  return proven === 'a' ? 'b' : 'a';
}

/** What lay in the slot is about to be replaced: it must not be started half. */
export function emptied(slots: Slots, slot: Slot): Slots {
  return { ...slots, [slot]: null };
}

export function filled(slots: Slots, slot: Slot, file: SlotFile): Slots {
  return { ...slots, [slot]: file };
}

/** The next start tries it. */
export function tryOut(slots: Slots, slot: Slot, trial: { rollout: number; online: boolean }): Slots {
  return { ...slots, trial: { ...trial, slot, starts: 0 } };
}

/** The trial is over: it proved itself. */
export function prove(slots: Slots): Slots {
  const { trial } = slots;
  if (trial === null) return slots;
  const ended = { rollout: trial.rollout, returns: false, step: 'running' as const, reason: null };
  return { ...slots, proven: trial.slot, trial: null, ended };
}

/** The trial is over: what ran before runs again. */
export function returnFrom(slots: Slots, reason: string): Slots {
  const { trial } = slots;
  if (trial === null) return slots;
  const ended = { rollout: trial.rollout, returns: false, step: 'failed' as const, reason };
  return { ...slots, trial: null, ended };
}

/** Goes back to what proved itself once: no trial is needed. */
export function goBackTo(slots: Slots, to: SlotName, wish: { rollout: number; returns: boolean }): Slots {
  return { ...slots, proven: to, trial: null, ended: { ...wish, step: 'running', reason: null } };
}

/** A technician says what starts; central's wish counts as failed, so that it is not brought again. */
export function returnByHand(slots: Slots, to: SlotName): Slots {
  const { trial, ended } = slots;
  const wish = trial ? { rollout: trial.rollout, returns: false } : ended;
  return {
    ...slots,
    proven: to,
    trial: null,
    ended: wish && { ...wish, step: 'failed', reason: 'rolled_back_by_hand' },
  };
}

export function end(
  slots: Slots,
  { rollout, returns }: { rollout: number; returns: boolean },
  step: 'running' | 'failed',
  reason: string | null = null,
): Slots {
  return { ...slots, ended: { rollout, returns, step, reason } };
}
