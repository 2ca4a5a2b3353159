// A program of its own that says the page's files as JSON and ends: what taking out types needs in memory goes with it.
import { readPage } from './assets.ts';

process.stdout.write(JSON.stringify([...readPage()]));
