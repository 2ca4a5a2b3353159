// The site's time under every clock: stepped by a day or a year, booted in 1970, switched off for hours.
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, manualClock } from '../../kit/clock.ts';
import { heardMsTolerance, unheardMsMax } from '../identity/server-time.ts';
import { openDatabase } from './database.ts';
import { openSiteTime, type SiteTime } from './site-time.ts';
import { temporaryFolder } from './temporary-store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;
const noon = Date.parse('2026-11-24T12:00Z');

let folder: string;
let db: ReturnType<typeof openDatabase>;
let clock: ReturnType<typeof manualClock>;
let time: SiteTime;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(folder);
  clock = manualClock(noon);
  time = openSiteTime(db, clock);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Writes, and opens again: in the same boot, or in another whose wall clock says what it says. */
const restart = () => {
  time.book();
  time.save();
  time = openSiteTime(db, clock);
};
let boots = 1;
const boot = (wallMs: number) => {
  time.book();
  time.save();
  clock = Object.assign(manualClock(wallMs), { bootId: `boot-${boots++}` } satisfies Partial<Clock>);
  time = openSiteTime(db, clock);
};
/** Central is heard and says what time it is. */
const hear = (centralMs: number, uncertaintyMs = 0) =>
  time.hear({ aheadOfMonotonicMs: centralMs - clock.monotonicMs(), uncertaintyMs });

describe('elapsed time', () => {
  it('is counted by the monotonic clock, whatever the wall clock does', () => {
    for (const step of [dayMs, -dayMs, yearMs, -yearMs]) {
      const before = time.elapsedMs();
      clock.setWall(noon + step);
      expect(time.elapsedMs()).toBe(before);
      clock.advance(hourMs);
      expect(time.elapsedMs()).toBe(before + hourMs);
    }
    clock.setWall(0);
    expect(time.elapsedMs()).toBe(4 * hourMs);
  });

  it('goes on over a restart of the program', () => {
    clock.advance(hourMs);
    restart();
    clock.advance(5);
    expect(time.elapsedMs()).toBe(hourMs + 5);
  });

  it.each([
    ['1970', 0],
    ['a year ahead', noon + yearMs],
    ['a day behind', noon - dayMs],
  ])('stands still over a boot into %s while central was not heard', (_, wallMs) => {
    clock.advance(hourMs);
    boot(wallMs);
    expect(time.elapsedMs()).toBe(hourMs);
    clock.advance(7);
    expect(time.elapsedMs()).toBe(hourMs + 7);
  });

  it('takes from central what passed between two boots, less what central is not sure of', () => {
    hear(noon);
    clock.advance(hourMs);
    boot(0);
    expect(time.elapsedMs()).toBe(hourMs);
    hear(noon + 5 * hourMs, 40);
    expect(time.elapsedMs()).toBe(5 * hourMs - 40);
  });

  it('takes nothing from central within one boot: a step there is no passing of time', () => {
    hear(noon);
    clock.advance(hourMs);
    hear(noon + yearMs);
    expect(time.elapsedMs()).toBe(hourMs);
  });

  it('never goes back, whatever central says', () => {
    hear(noon);
    clock.advance(hourMs);
    boot(noon);
    hear(noon - yearMs);
    expect(time.elapsedMs()).toBe(hourMs);
  });

  it('does not go back when a transaction is rolled back', () => {
    boot(noon);
    clock.advance(hourMs);
    time.book();
    time.reload();
    expect(time.elapsedMs()).toBe(hourMs);
  });
});

describe('the best estimate', () => {
  it('is the wall clock, untrusted, until central is heard', () => {
    expect(time.best()).toEqual({ ms: noon, trusted: false });
    hear(noon + 90_000);
    clock.advance(10);
    expect(time.best()).toEqual({ ms: noon + 90_010, trusted: true });
  });

  it('is central’s, whatever the wall clock is set to, and over a restart of the program', () => {
    hear(noon);
    for (const step of [dayMs, -dayMs, yearMs, -yearMs]) {
      clock.setWall(noon + step);
      expect(time.best()).toEqual({ ms: noon, trusted: true });
    }
    restart();
    expect(time.best()).toEqual({ ms: noon, trusted: true });
  });

  it('without central is never behind the last one, and goes on from it', () => {
    expect(time.best().ms).toBe(noon);
    for (const wallMs of [noon - hourMs, noon - yearMs, 0]) {
      clock.setWall(wallMs);
      expect(time.best()).toEqual({ ms: noon, trusted: false });
    }
    clock.advance(hourMs);
    expect(time.best().ms).toBe(noon + hourMs);
    boot(0);
    expect(time.best()).toEqual({ ms: noon + hourMs, trusted: false });
  });

  it('in another boot is trusted again only when central was heard there', () => {
    hear(noon);
    expect(time.best().trusted).toBe(true);
    boot(noon + 1);
    expect(time.best()).toEqual({ ms: noon + 1, trusted: false });
  });

  it('comes back from a wall clock that ran ahead, once central is heard', () => {
    clock.setWall(noon + yearMs);
    expect(time.best().ms).toBe(noon + yearMs);
    hear(noon);
    expect(time.best()).toEqual({ ms: noon, trusted: true });
  });
});

describe('the time the link was last up', () => {
  it('is now while it is up, and stays where it went down, over restarts and boots', () => {
    clock.advance(100);
    time.link(true);
    clock.advance(100);
    expect(time.onlineMs()).toBe(200);
    time.link(false);
    clock.advance(100);
    restart();
    expect([time.elapsedMs(), time.onlineMs()]).toEqual([300, 200]);
    boot(0);
    expect([time.elapsedMs(), time.onlineMs()]).toEqual([300, 200]);
  });

  it('is kept when the program dies while the link is up', () => {
    time.link(true);
    clock.advance(100);
    restart();
    clock.advance(50);
    expect(time.elapsedMs() - time.onlineMs()).toBe(50);
  });
});

describe('what is known of the time', () => {
  it('is nothing where nothing was told', () => {
    expect(time.known()).toEqual({ wallMs: noon, earliestMs: 0, latestMs: Number.MAX_SAFE_INTEGER });
  });

  it('is bounded by what was made before, and 2040 is not believed then', () => {
    clock = manualClock(Date.UTC(2040, 0));
    time = openSiteTime(db, clock, noon);
    expect(time.known()).toMatchObject({ earliestMs: noon, latestMs: noon + unheardMsMax });
    expect(time.best()).toEqual({ ms: noon, trusted: false });
  });

  it('is central’s word to the day in the boot that heard it, and at least that with what passed in later ones', () => {
    hear(noon + yearMs);
    clock.advance(hourMs);
    expect(time.known()).toMatchObject({
      earliestMs: noon + yearMs + hourMs - heardMsTolerance,
      latestMs: noon + yearMs + hourMs + heardMsTolerance,
    });
    boot(0);
    clock.advance(5);
    expect(time.known()).toMatchObject({ wallMs: 5, earliestMs: noon + yearMs + hourMs + 5 });
  });

  it('is not what a clock of 2040 once said', () => {
    clock = manualClock(Date.UTC(2040, 0));
    time = openSiteTime(db, clock, noon);
    time.best();
    boot(noon + dayMs);
    time = openSiteTime(db, clock, noon);
    expect(time.known()).toMatchObject({ earliestMs: noon });
  });
});
