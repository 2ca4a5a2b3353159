// Outages as they are remembered over links that come and go and a box that is switched off.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { LinkEvents } from '../sync/link.ts';
import { readOutages, rememberOutages } from './outages.ts';

const hourMs = 3_600_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-outages-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A box that is switched on, with its link turned by hand. */
function switchOn() {
  const clock = manualClock();
  let events: LinkEvents | null = null;
  const heard: string[] = [];
  const link = rememberOutages(
    {
      start(given) {
        events = given;
      },
      send: async () => true,
      renew() {},
      distrust() {},
      stop: async () => {},
    },
    folder,
    clock,
    silentLog,
  );
  link.start({ onUp: () => heard.push('up'), onDown: (reason) => heard.push(reason), onFrame: () => {} });
  return { clock, heard, link, up: () => events?.onUp(), down: () => events?.onDown('cut') };
}

describe('outages', () => {
  it('of an hour and more are remembered with their length, shorter ones are not', () => {
    const { clock, up, down, heard } = switchOn();
    up();
    for (const hours of [0.5, 2, 0.9, 30]) {
      down();
      clock.advance(hours * hourMs);
      up();
    }
    expect(readOutages(folder)).toEqual([2 * hourMs, 30 * hourMs]);
    expect(heard).toEqual(['up', 'cut', 'up', 'cut', 'up', 'cut', 'up', 'cut', 'up']);
  });

  it('that last are known while they do, and over a restart', async () => {
    const first = switchOn();
    first.up();
    first.down();
    first.clock.advance(50.5 * hourMs);
    expect(readOutages(folder)).toEqual([50 * hourMs]);
    await first.link.stop();
    const second = switchOn();
    second.clock.advance(10 * hourMs);
    expect(readOutages(folder)).toEqual([60 * hourMs]);
    second.up();
    expect(readOutages(folder)).toEqual([60 * hourMs]);
  });

  it('are ten at most, the latest', () => {
    const { clock, up, down } = switchOn();
    up();
    for (let hours = 1; hours <= 12; hours++) {
      down();
      clock.advance(hours * hourMs);
      up();
    }
    expect(readOutages(folder)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((hours) => hours * hourMs));
  });

  it('of a file that is damaged are none', () => {
    writeFileSync(join(folder, 'outages.json'), '{"v":1,');
    expect(readOutages(folder)).toEqual([]);
    const { clock, up } = switchOn();
    clock.advance(hourMs);
    up();
    expect(readOutages(folder)).toEqual([hourMs]);
  });
});
