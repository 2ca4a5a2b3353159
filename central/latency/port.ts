// What central knows of how long things took.
import type { HopKind, Hops } from './hops.ts';

export interface HopCounts {
  hop: HopKind;
  documents: number;
  /** By the number of the bucket (buckets.ts). */
  buckets: [bucket: number, documents: number][];
}

/** A document that has just been booked, as a trace tells of it. */
export interface Traced {
  applianceId: string;
  journalId: string;
  seq: number;
  id: string;
  kind: string;
  verdict: string;
  traceId: string;
  hops: Hops;
}

export interface LatencyCalls {
  /** Of the UTC days from `fromDay` on; of an appliance, of a site, or of all. */
  latency(of: { applianceId: string | null; site: string | null; fromDay: number }): HopCounts[];
}
