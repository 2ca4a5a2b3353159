// What came of a synthetic checkout: how far it went on the way of every checkout, and how long each hop took.
import * as z from 'zod';
import { SyntheticEntry } from './entry.ts';
import { Uuid } from './id.ts';
import { ReasonCode, VerdictKind } from './verdict.ts';

/** Milliseconds since it was submitted, by the appliance's monotonic clock; null: it did not come so far. */
const ReachedMs = z.int().min(0).max(1e9).nullable();

/** The way of a checkout, in its order. */
export const SyntheticHops = z.object({
  /** The kiosk's answer is there: judged, and on the disk. */
  durableMs: ReachedMs,
  sentMs: ReachedMs,
  /** Central's receipt covers it. */
  receivedMs: ReachedMs,
  /** The ledger took it, by central's clock and the estimate of its offset. */
  bookedMs: ReachedMs,
  /** Central's outcome was applied here. */
  appliedMs: ReachedMs,
});
export type SyntheticHops = z.infer<typeof SyntheticHops>;

/** Why one failed: each names the hop at which to look. */
export const SyntheticFailure = z.enum([
  'nothing_to_sell',
  'not_answered',
  'not_accepted',
  'refused',
  'not_sent',
  'not_received',
  'not_booked',
]);
export type SyntheticFailure = z.infer<typeof SyntheticFailure>;

export const SyntheticResult = z.object({
  id: Uuid,
  by: SyntheticEntry.shape.by,
  /** By the appliance's wall clock. */
  atMs: z.int(),
  /** `passed_here`: it is durable here; there was no link, or a backlog before it. */
  kind: z.enum(['passed', 'passed_here', 'failed']),
  /** Null unless it failed. */
  failure: SyntheticFailure.nullable(),
  /** The problem the door answered, with `not_accepted`. */
  problem: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .nullable(),
  verdict: VerdictKind.nullable(),
  reasons: z.array(ReasonCode).max(32),
  hops: SyntheticHops,
});
export type SyntheticResult = z.infer<typeof SyntheticResult>;

/** The appliance's answer to its own synthetic checkout. */
export const SyntheticAnswer = z.object({
  id: Uuid,
  kind: z.literal('synthetic'),
  seq: z.int().min(1),
  verdict: VerdictKind,
  reasons: z.array(ReasonCode),
});
export type SyntheticAnswer = z.infer<typeof SyntheticAnswer>;
