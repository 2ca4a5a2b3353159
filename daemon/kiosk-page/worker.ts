// Makes the page's files in a thread of its own, which then ends and gives its memory back.
import { parentPort } from 'node:worker_threads';
import { readPage } from './assets.ts';

parentPort?.postMessage(readPage());
