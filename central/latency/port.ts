// What central knows of how long things took.
import type { FeedItem } from '../../contract/feed.ts';
import type { Purpose } from '../charging/port.ts';
import type { HopKind, Hops } from './hops.ts';

export interface HopCounts {
  hop: HopKind;
  documents: number;
  /** By the number of the bucket (buckets.ts). */
  buckets: [bucket: number, documents: number][];
}

interface OfDocument {
  applianceId: string;
  /** The document's. */
  id: string;
  traceId: string;
}

/** A step on the way of a document that has just been done, as a trace tells of it. */
export type Traced =
  /** It stands in the books. */
  | (OfDocument & {
      step: 'booked';
      journalId: string;
      seq: number;
      kind: string;
      verdict: string;
      hops: Hops;
    })
  /** A call to a processor was answered, or not. */
  | (OfDocument & {
      step: 'called';
      processor: string;
      purpose: Purpose;
      lookUp: boolean;
      reference: string;
      currency: string;
      amountMinor: number;
      result: string;
      code: string | null;
      startMs: number;
      endMs: number;
    })
  /** What a processor told by itself was taken. */
  | (OfDocument & {
      step: 'heard';
      processor: string;
      type: string;
      eventId: string;
      happenedMs: number;
      receivedMs: number;
      endMs: number;
    })
  /** Its money was found in a payout that the bank has shown. */
  | (OfDocument & {
      step: 'settled';
      processor: string;
      run: number;
      collectedMs: number;
      settledMs: number;
    })
  /** Its appliance has taken what became of it. */
  | (OfDocument & {
      step: 'told';
      outcome: Extract<FeedItem, { kind: 'outcome' }>['outcome'];
      position: number;
      /** When it came about, and since when its kiosk waited for central's word: null where it did not. */
      outcomeMs: number;
      askedMs: number | null;
      appliedMs: number;
    });

export interface LatencyCalls {
  /** Of the UTC days from `fromDay` on; of an appliance, of a site, or of all. */
  latency(of: { applianceId: string | null; site: string | null; fromDay: number }): HopCounts[];
}
