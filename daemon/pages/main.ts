// A program of its own that says the pages' files as JSON and ends: what taking out types needs in memory goes with it.
import { readPages } from './assets.ts';

process.stdout.write(JSON.stringify([...readPages()]));
