// Where the store thread begins.
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../../kit/assert.ts';
import { systemClock } from '../../kit/clock.ts';
import { openStore, type StoreOptions } from './store.ts';
import { serveStore } from './thread.ts';

export type WorkerOptions = Omit<StoreOptions, 'clock'>;

serveStore(
  openStore({ ...(workerData as WorkerOptions), clock: systemClock() }),
  present(parentPort, 'parentPort'),
);
