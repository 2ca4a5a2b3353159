// How long a document took on each hop of its way to the ledger, from the times that stand in it and those central noted. Pure.
import type { EntryTime } from '../../contract/entry.ts';

export const hopKinds = ['waiting_offline', 'sending', 'booking'] as const;
export type HopKind = (typeof hopKinds)[number];

/** When a run of entries came, and since when their appliance had been connected. */
export interface Arrival {
  receivedMs: number;
  /** Null: they were handed over by a person. */
  connectedMs: number | null;
}

export interface Hops {
  /** By central's time, as well as it is known. */
  madeMs: number;
  /** `device`: the box had not heard central since it started, and its own clock may be off by anything. */
  madeBy: 'central' | 'device';
  /** Null: nothing was noted of its coming. */
  receivedMs: number | null;
  bookedMs: number;
  /** Made without a link, until there was one. 0: it was made while connected. */
  waitingOfflineMs: number | null;
  /** From then on, until central had it. */
  sendingMs: number | null;
  bookingMs: number | null;
}

/** Clocks that disagree make no hop shorter than nothing: what lies outside its neighbours is moved to them. */
export function hopsOf(at: EntryTime, arrival: Arrival | null, bookedMs: number): Hops {
  const madeBy = at.central ? 'central' : 'device';
  const madeMs = at.central?.ms ?? at.wallMs;
  if (arrival === null) {
    const unknown = { receivedMs: null, waitingOfflineMs: null, sendingMs: null, bookingMs: null };
    return { madeMs, madeBy, bookedMs, ...unknown };
  }
  const { receivedMs, connectedMs } = arrival;
  const leftMs = Math.min(receivedMs, Math.max(madeMs, connectedMs ?? receivedMs));
  return {
    ...{ madeMs, madeBy, receivedMs, bookedMs },
    waitingOfflineMs: Math.max(0, leftMs - madeMs),
    sendingMs: receivedMs - leftMs,
    bookingMs: Math.max(0, bookedMs - receivedMs),
  };
}

/** What is counted: a time of the box's own clock says nothing that could be added to others. */
export function countedHops({ madeBy, waitingOfflineMs, sendingMs, bookingMs }: Hops): [HopKind, number][] {
  const counted: [HopKind, number][] = [];
  if (madeBy === 'central' && waitingOfflineMs !== null && waitingOfflineMs > 0) {
    counted.push(['waiting_offline', waitingOfflineMs]);
  }
  if (madeBy === 'central' && sendingMs !== null) counted.push(['sending', sendingMs]);
  if (bookingMs !== null) counted.push(['booking', bookingMs]);
  return counted;
}
