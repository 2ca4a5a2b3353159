// The one place that knows how this program starts its store thread.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../../kit/thread.ts';
import type { RoutingRules } from '../../charging/route.ts';
import type { ThreadData } from './thread-messages.ts';

/** Starts the thread that owns the database. */
export function startStoreThread(path: string, routing: RoutingRules, traces: boolean): Worker {
  const workerData: ThreadData = { role: 'store', path, routing, traces };
  return startThread(new URL('./thread.ts', import.meta.url), { workerData });
}
