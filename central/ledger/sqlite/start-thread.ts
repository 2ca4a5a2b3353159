// The one place that knows how this program starts its store thread.
import { Worker } from 'node:worker_threads';
import type { RoutingRules } from '../../charging/route.ts';
import type { ThreadData } from './thread-messages.ts';

/** Starts the thread that owns the database. */
export function startStoreThread(path: string, routing: RoutingRules): Worker {
  const workerData: ThreadData = { role: 'store', path, routing };
  return new Worker(new URL('./thread.ts', import.meta.url), { workerData });
}
