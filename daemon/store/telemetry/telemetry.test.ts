// What waits to be said: in order, bounded, and lost without harm.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTelemetry, reportsMax, type Telemetry } from './telemetry.ts';

let folder: string;
let telemetry: Telemetry;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-telemetry-'));
  telemetry = openTelemetry(folder).telemetry;
});
afterEach(() => {
  telemetry.close();
  rmSync(folder, { recursive: true });
});

const numbers = (itemsMax = reportsMax) => telemetry.waiting(itemsMax).map(({ body }) => Number(body));

describe('reports that wait', () => {
  it('are given oldest first, and stay until they are forgotten', () => {
    for (const n of [1, 2, 3]) telemetry.keep(Buffer.from(String(n)));
    expect(numbers(2)).toEqual([1, 2]);
    telemetry.forgetThrough(telemetry.waiting(2).at(-1)?.id ?? 0);
    expect(numbers()).toEqual([3]);
  });

  it('are there after a restart', () => {
    telemetry.keep(Buffer.from('7'));
    telemetry.close();
    const again = openTelemetry(folder);
    telemetry = again.telemetry;
    expect(again.opened).toBe('as_it_was');
    expect(numbers()).toEqual([7]);
  });

  it('never are more than the quota: the older half of a long outage grows coarser, and its newest stays whole', () => {
    const made = reportsMax * 3;
    for (let n = 1; n <= made; n++) telemetry.keep(Buffer.from(String(n)));
    const kept = numbers();
    expect(kept.length).toBeLessThanOrEqual(reportsMax);
    expect(kept.length).toBeGreaterThan(reportsMax / 2);
    expect(kept[0]).toBe(1);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    const newest = kept.slice(-reportsMax / 4);
    expect(newest).toEqual(newest.map((_, at) => made - newest.length + 1 + at));
    // Bytes too: what was deleted is used again.
    expect(statSync(join(folder, 'telemetry.db')).size).toBeLessThan(4 * 1024 * 1024);
  });

  it('are begun anew where the file is damaged, and the box goes on', () => {
    telemetry.close();
    writeFileSync(join(folder, 'telemetry.db'), Buffer.alloc(8192, 7));
    const again = openTelemetry(folder);
    telemetry = again.telemetry;
    expect(again.opened).toBe('begun_anew');
    telemetry.keep(Buffer.from('1'));
    expect(numbers()).toEqual([1]);
  });

  it('are kept in memory where there is no file to be had, and a newer release finds its own again', () => {
    telemetry.close();
    const path = join(folder, 'telemetry.db');
    const newer = new BetterSqlite3(path);
    newer.pragma('user_version = 99');
    newer.close();
    const beside = openTelemetry(folder);
    expect(beside.opened).toBe('in_memory');
    beside.telemetry.keep(Buffer.from('1'));
    expect(beside.telemetry.waiting(1).map(({ body }) => String(body))).toEqual(['1']);
    beside.telemetry.close();
    const kept = new BetterSqlite3(path);
    expect(kept.pragma('user_version', { simple: true })).toBe(99);
    kept.close();

    // Nothing can be made at this place at all.
    rmSync(path);
    mkdirSync(path);
    const again = openTelemetry(folder);
    telemetry = again.telemetry;
    expect(again.opened).toBe('in_memory');
    telemetry.keep(Buffer.from('2'));
    expect(numbers()).toEqual([2]);
  });
});
