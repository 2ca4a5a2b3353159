// What every store behind the port must do, as one suite: run against each implementation. A file for each subject.
import { afterEach, beforeEach, describe } from 'vitest';
import { describeAuthorising } from './authorising.ts';
import { describeBooking } from './booking.ts';
import { describeFeed } from './feed.ts';
import { describeLatency } from './latency.ts';
import { describeReading } from './reading.ts';
import { describeReceiving } from './receiving.ts';
import { describeSalvaging } from './salvaging.ts';
import { describeSynthetics } from './synthetics.ts';
import { createTrial, type StoreUnderTest } from './trial.ts';

export function describeLedgerStore(name: string, under: StoreUnderTest): void {
  describe(`the ledger store on ${name}`, () => {
    const trial = createTrial(under);
    beforeEach(trial.begin);
    afterEach(trial.end);

    describe('receiving', () => describeReceiving(trial.on));
    describe('booking', () => describeBooking(trial.on));
    describe('salvaging', () => describeSalvaging(trial.on));
    describe('synthetic checkouts', () => describeSynthetics(trial.on));
    describe('authorising', () => describeAuthorising(trial.on));
    describe('the feed', () => describeFeed(trial.on));
    describe('latency', () => describeLatency(trial.on));
    describe('reading', () => describeReading(trial.on));
  });
}
