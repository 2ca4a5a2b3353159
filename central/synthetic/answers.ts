// What the routes of synthetic checkouts answer, as schemas.
import * as z from 'zod';
import { SyntheticEntry } from '../../contract/entry.ts';
import { ReasonCode, VerdictKind } from '../../contract/verdict.ts';
import { Moment } from '../http/fields.ts';

export const Synthetic = z
  .object({
    applianceId: z.string(),
    journalId: z.string(),
    seq: z.int(),
    id: z.string(),
    by: SyntheticEntry.shape.by,
    verdict: VerdictKind,
    reasons: z.array(ReasonCode),
    atMs: Moment.meta({ description: 'When it was made: by central’s time as the appliance knew it.' }),
    bookedMs: Moment,
  })
  .meta({ id: 'Synthetic' });

export const sampleSynthetic: z.infer<typeof Synthetic> = {
  applianceId: 'leeds-1',
  journalId: '0199f3c8-1111-7c01-9d2e-0a1b2c3d4e5f',
  seq: 1204,
  id: '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e0f',
  by: 'central',
  verdict: 'approved_offline',
  reasons: [],
  atMs: 1_795_341_600_123,
  bookedMs: 1_795_341_600_187,
};
