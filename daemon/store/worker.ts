// Where the store thread begins.
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../../kit/assert.ts';
import { systemClock } from '../../kit/clock.ts';
import { collectAtRest } from '../../kit/rest.ts';
import { mendJournal } from './salvage/mend.ts';
import { suspecting } from './salvage/suspicion.ts';
import { openStore, type StoreOptions } from './store.ts';
import { serveStore } from './thread.ts';

export type WorkerOptions = Omit<StoreOptions, 'clock'>;

const clock = systemClock();
const options = workerData as WorkerOptions;
const { folder } = options;
const setAside = mendJournal({ folder, clock });
const store = suspecting(folder, () => openStore({ ...options, clock }));
serveStore(
  {
    execute: (batch) => suspecting(folder, () => store.execute(batch)),
    get heads() {
      return store.heads;
    },
    takeDecided: store.takeDecided,
    close: store.close,
  },
  setAside,
  present(parentPort, 'parentPort'),
  collectAtRest(clock),
);
