// What a salvage holds does not grow with what was sold but for some bytes an entry: what is left after each collection is
// counted, so that no clock and no kernel has a say in it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../../kit/clock.ts';
import { pennies, submit, temporaryStore, uuid } from '../temporary-store.ts';
import { mendJournal } from './mend.ts';
import { rowsUncollectedMax } from './sparing.ts';

/**
 * An entry's body alone has several hundred, and an object for each of them more than this. A half of it are the approvals
 * that the risk totals keep at hand, of which there are so many and no more.
 */
const bytesPerEntryMax = 128;
const [fewer, more] = [5000, 18_000];
/** For a doubt, to reckon, and to carry over. */
const readings = 3;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Of every collection since a salvage began. */
let leftBytes: number[] = [];
const ofNode = globalThis.gc;
beforeEach(() => {
  globalThis.gc = (() => {
    // What lay beside the heap is let go of by the next one.
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    leftBytes.push(heapUsed + external);
  }) as unknown as NodeJS.GCFunction;
});
afterEach(() => {
  globalThis.gc = ofNode;
});

/** A journal of so many entries, as a process that is gone leaves it. @returns its folder */
function sell(entries: number): string {
  const shop = temporaryStore();
  for (let first = 1; first <= entries; first += 500) {
    const sales = Array.from({ length: 500 }, (_, i) => {
      const n = first + i;
      const payment = { token: `tok_${n}`, fingerprint: `f${n % 1000}`, scheme: 'visa', last4: '4242' };
      return submit.checkout(n, pennies(1 + (n % 9), { payment }));
    });
    shop.execute(...sales);
  }
  shop.close();
  return shop.folder;
}

/** Salvages such a journal with a page of its entries gone, and one of what cards bought. @returns the most it held, in bytes */
function salvage(entries: number): number {
  const folder = sell(entries);
  try {
    spoil(join(folder, 'journal.db'), entries >> 1);
    globalThis.gc?.();
    const before = leftBytes.at(-1) ?? 0;
    leftBytes = [];
    const setAside = mendJournal({ folder, clock: manualClock(), asked: true });
    expect(setAside?.carried).toBeGreaterThan(entries - 20);
    expect(leftBytes.length).toBeGreaterThanOrEqual(readings * Math.floor(entries / rowsUncollectedMax));
    return Math.max(...leftBytes) - before;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spoil(path: string, seq: number): void {
  const db = new BetterSqlite3(path);
  const root = db
    .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'risk_total'")
    .pluck()
    .get();
  db.close();
  const bytes = readFileSync(path);
  const at = bytes.indexOf(uuid(seq));
  for (const page of [(root ?? 0) - 1, Math.floor(at / 4096)]) bytes.fill(0, page * 4096, (page + 1) * 4096);
  writeFileSync(path, bytes);
}

it('holds no more than some bytes for each entry, however many there are', () => {
  // What is compiled and kept for good is so before anything is counted.
  salvage(fewer);
  const [few, many] = [salvage(fewer), salvage(more)];
  expect((many - few) / (more - fewer)).toBeLessThan(bytesPerEntryMax);
});
