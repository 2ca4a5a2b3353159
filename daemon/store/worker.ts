// Where the store thread begins.
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../../kit/assert.ts';
import { systemClock } from '../../kit/clock.ts';
import { collectAtRest } from '../../kit/rest.ts';
import { openMended } from './salvage/open-mended.ts';
import type { StoreOptions } from './store.ts';
import { serveStore } from './thread.ts';

export type WorkerOptions = Omit<StoreOptions, 'clock'>;

const clock = systemClock();
const { store, setAside } = openMended({ ...(workerData as WorkerOptions), clock });
serveStore(store, setAside, present(parentPort, 'parentPort'), collectAtRest(clock));
