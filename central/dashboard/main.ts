// A program of its own that says the page's files as JSON and ends: what making them needs in memory goes with it.
import { makePage } from './assets.ts';

process.stdout.write(JSON.stringify([...(await makePage())]));
