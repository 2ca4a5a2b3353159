// How a thread of a program is started, from a file beside the one that asks for it. An executable that holds all its
// files starts it from the text: Node starts threads by path only from a disk.
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { isInside, readShippedText } from './shipped.ts';

/** @param file where the thread begins; a path where the packaging has rewritten the address of the source */
export function startThread(file: URL | string, options: WorkerOptions): Worker {
  const path = String(file);
  return isInside(path)
    ? new Worker(readShippedText(path), { ...options, eval: true })
    : new Worker(file, options);
}
