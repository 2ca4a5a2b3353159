import { expect, it } from 'vitest';
import { storySample } from '../money-answers.ts';
import { storyOf } from './checkout-story.ts';

const story = storySample;

it('tells in the order of time what the box, central, the processor and people did', () => {
  expect(storyOf(story, null).map(({ where, what }) => `${where}: ${what}`)).toEqual([
    'box: Checkout',
    'central: Checkout booked',
    'merchant: Webhook checkout.booked',
    'person: Review 12: warning of fraud',
    'processor: Stripe told payment_intent.succeeded',
    'central: Charge 1: sent',
  ]);
});

it('writes what was sent to a processor as money, not in minor units', () => {
  expect(storyOf(story, null).find(({ what }) => what === 'Charge 1: sent')?.about).toMatch(
    /^£15\.00 at stripe$/,
  );
});

it.each([
  ['declined: card_declined (do_not_retry)', 'bad'],
  ['approved: pi_1 captured', 'good'],
  ['unknown: timed_out', 'warn'],
])('marks an answer: %s is %s', (detail, tone) => {
  const [attempt] = story.collection?.attempts ?? [];
  if (story.collection === null || !attempt) throw new Error('the sample has an attempt');
  const answered = { ...attempt, events: [{ kind: 'answered', detail, atMs: 0 }] };
  const told = storyOf({ ...story, collection: { ...story.collection, attempts: [answered] } }, null);
  expect(told.find(({ key }) => key.startsWith('call'))?.tone).toBe(tone);
});

it('says when it arrived, and what it waited for', () => {
  const madeMs = 1_795_000_000_000 - 60_000;
  const way = { waitingOfflineMs: 50_000, sendingMs: 240, bookingMs: 9760 };
  const hops = {
    madeMs,
    madeBy: 'central',
    receivedMs: madeMs + 50_240,
    bookedMs: madeMs + 60_000,
    ...way,
  } as const;
  expect(storyOf(story, hops)[1]).toMatchObject({
    what: 'Checkout arrived',
    about: 'waited offline 50 s, sent in 240 ms',
  });
});

it.each([
  [{}, 'delivered after 31 s, 2 tries', 'quiet'],
  [{ state: 'waiting', tries: 0, status: null }, 'on its way', 'quiet'],
  [{ state: 'waiting', tries: 3, status: 503 }, 'not taken after 3 tries, answered 503', 'warn'],
  [
    { state: 'dead', tries: 10, status: null, error: 'ECONNREFUSED' },
    'given up after 10 tries, ECONNREFUSED',
    'bad',
  ],
] as const)('tells what became of a webhook to the merchant: %j', (change, words, tone) => {
  const [told] = story.told;
  if (!told) throw new Error('the sample has one');
  const line = storyOf({ ...story, told: [{ ...told, ...change }] }, null).find(
    ({ where }) => where === 'merchant',
  );
  expect(line).toMatchObject({ about: `to shop.example, endpoint 1: ${words}`, tone });
});
