// What the routes of the doctor answer, as schemas.
import * as z from 'zod';
import { DoctorResult } from '../../contract/doctor.ts';
import { Moment } from '../http/fields.ts';
import { Actor } from '../people/actor-schema.ts';

export const Asked = z
  .object({
    id: z.string(),
    askedMs: Moment,
    untilMs: Moment.meta({ description: 'A box that hears of it later leaves it alone.' }),
    by: Actor,
  })
  .meta({ id: 'DoctorAsked' });

export const Doctor = z
  .object({
    nowMs: Moment.meta({ description: 'Central’s time, by which all of it but `atMs` is.' }),
    asked: Asked.nullable().meta({ description: 'The newest; null: nobody ever asked.' }),
    found: DoctorResult.extend({ heardMs: Moment.meta({ description: 'By central’s clock.' }) })
      .nullable()
      .meta({
        description:
          'What the box said last; null: nothing yet. It answers what was asked where the two ids are the same.',
      }),
  })
  .meta({ id: 'Doctor' });
export type Doctor = z.infer<typeof Doctor>;

const askedMs = 1_795_341_600_000;
export const askedSample: z.infer<typeof Asked> = {
  id: '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e10',
  askedMs,
  untilMs: askedMs + 120_000,
  by: { kind: 'person', name: 'ann', role: 'support', from: '10.20.0.7' },
};
export const doctorSample: Doctor = {
  nowMs: askedMs + 20_000,
  asked: askedSample,
  found: {
    ...{ id: askedSample.id, atMs: askedMs + 8_900, heardMs: askedMs + 9_400, leftOut: 0, failure: null },
    checks: [
      { code: 'journal', state: 'ok', words: 'the newest 1204 entries are whole' },
      {
        ...{ code: 'disk_space', state: 'warning', words: '1.9 GiB of 29.0 GiB free' },
        hint: 'Make room on the disk that holds dataFolder: logs, old packages, files set aside.',
      },
    ],
  },
};
