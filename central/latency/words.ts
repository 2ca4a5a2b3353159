// Hops in words, for a terminal.
import type { z } from 'zod';
import { momentWords } from '../commands/moment.ts';
import type { Latency } from './answers.ts';
import type { Hops } from './hops.ts';

export function latencyLines({ hops }: z.infer<typeof Latency>): string[] {
  return hops.map(({ hop, documents, p50Ms, p95Ms, p99Ms }) => {
    const name = hop.replace('_', ' ').padEnd(16);
    if (documents === 0) return `${name} none`;
    return `${name} half within ${msWords(p50Ms)}, 95 % within ${msWords(p95Ms)}, 99 % within ${msWords(p99Ms)}  of ${documents}`;
  });
}

export function hopLines({
  madeMs,
  madeBy,
  waitingOfflineMs,
  sendingMs,
  bookingMs,
  bookedMs,
}: Hops): string[] {
  const clock = madeBy === 'device' ? ', by the clock of the box' : '';
  return [
    `  made ${momentWords(madeMs)}${clock}`,
    `  waiting offline  ${msWords(waitingOfflineMs)}`,
    `  sending          ${msWords(sendingMs)}`,
    `  booking          ${msWords(bookingMs)}`,
    `  booked ${momentWords(bookedMs)}`,
  ];
}

export function msWords(ms: number | null): string {
  if (ms === null) return 'not known';
  if (ms < 10_000) return `${ms} ms`;
  if (ms < 600_000) return `${Math.round(ms / 1000)} s`;
  return ms < 36_000_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
