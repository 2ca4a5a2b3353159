// What the routes that tell of latency answer, as schemas.
import * as z from 'zod';
import { Moment } from '../http/fields.ts';
import { hopKinds } from './hops.ts';

const Ms = z.int().min(0).nullable();

export const HopsAnswer = z
  .object({
    madeMs: Moment,
    madeBy: z.enum(['central', 'device']).meta({
      description:
        'Whose time madeMs is: central’s as the box knew it, or the box’s own clock, which may be off.',
    }),
    receivedMs: Moment.nullable(),
    bookedMs: Moment,
    waitingOfflineMs: Ms.meta({ description: 'Until there was a link; 0: it was made while connected.' }),
    sendingMs: Ms.meta({ description: 'From then on, until central had it.' }),
    bookingMs: Ms,
  })
  .meta({ id: 'Hops' });

export const Latency = z
  .object({
    fromMs: Moment,
    hops: z.array(
      z.object({
        hop: z.enum(hopKinds),
        documents: z.int(),
        p50Ms: Ms,
        p95Ms: Ms,
        p99Ms: Ms,
        buckets: z.array(z.object({ atMostMs: z.int(), documents: z.int() })).meta({
          description:
            'The same ends everywhere, so that counts can be added up; those without any are left out.',
        }),
      }),
    ),
  })
  .meta({ id: 'Latency' });

export const sampleLatency: z.infer<typeof Latency> = {
  fromMs: 1_795_305_600_000,
  hops: [
    {
      ...{ hop: 'sending', documents: 1204, p50Ms: 50, p95Ms: 100, p99Ms: 300 },
      buckets: [
        { atMostMs: 50, documents: 800 },
        { atMostMs: 100, documents: 380 },
        { atMostMs: 300, documents: 24 },
      ],
    },
  ],
};
