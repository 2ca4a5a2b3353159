import { beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { AnnouncedReport } from '../webhooks/port.ts';
import { type AnnouncedFetches, againAfterMs, createAnnouncedFetches } from './announced.ts';

let clock: ReturnType<typeof manualClock>;
let asked: string[];
let atWork: number;
let isHere: (report: AnnouncedReport) => boolean;
let fetches: AnnouncedFetches;
beforeEach(() => {
  clock = manualClock();
  asked = [];
  atWork = 0;
  isHere = () => true;
  fetches = createAnnouncedFetches({
    clock,
    log: silentLog,
    async fetch(report) {
      expect(++atWork).toBe(1);
      asked.push(`${report.processor} ${report.batch}`);
      await settled();
      atWork--;
      return isHere(report);
    },
  });
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const idle = async () => {
  for (let turn = 0; turn < 20; turn++) await settled();
};

it('fetches what is announced, one after the other, and what is waiting already only once', async () => {
  for (const batch of [7, 8, 7, 8]) fetches.announce({ processor: 'adyen', batch });
  await idle();
  expect(asked).toEqual(['adyen 7', 'adyen 8']);
  fetches.announce({ processor: 'adyen', batch: 7 });
  await idle();
  expect(asked).toHaveLength(3);
});

it('tries again later what is not there yet, goes on with the others meanwhile, and gives up in the end', async () => {
  isHere = ({ batch }) => batch !== 7;
  fetches.announce({ processor: 'adyen', batch: 7 });
  fetches.announce({ processor: 'adyen', batch: 8 });
  await idle();
  expect(asked).toEqual(['adyen 7', 'adyen 8']);
  for (const [tries, ms] of againAfterMs.entries()) {
    clock.advance(ms - 1);
    await idle();
    expect(asked).toHaveLength(2 + tries);
    clock.advance(1);
    await idle();
    expect(asked).toHaveLength(3 + tries);
  }
  clock.advance(86_400_000);
  await idle();
  expect(asked).toHaveLength(2 + againAfterMs.length);
});

it('ends what is at work before it stops, and begins nothing after', async () => {
  isHere = () => false;
  fetches.announce({ processor: 'adyen', batch: 7 });
  fetches.announce({ processor: 'adyen', batch: 8 });
  await Promise.resolve();
  await fetches.stop();
  expect([asked, atWork]).toEqual([['adyen 7'], 0]);
  clock.advance(86_400_000);
  fetches.announce({ processor: 'adyen', batch: 9 });
  await idle();
  expect(asked).toHaveLength(1);
});

it('holds a bounded number', async () => {
  for (let batch = 1; batch <= 150; batch++) fetches.announce({ processor: 'adyen', batch });
  for (let turn = 0; turn < 20; turn++) await idle();
  expect(asked).toHaveLength(100);
});
