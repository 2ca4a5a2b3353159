// [reviews] of central's configuration: when a second person is needed, and what happens when nobody answers.
import * as z from 'zod';
import type { ReviewRules } from './reviews.ts';

const Hours = (usual: number) => z.int().min(1).max(8760).default(usual);
const TimeOut = (dueHours: number, onDue: 'decline' | 'escalate') =>
  z
    .strictObject({ dueHours: Hours(dueHours), onDue: z.enum(['decline', 'escalate']).default(onDue) })
    .prefault({});
/** Money may have moved: nothing of it is given up because nobody looked. */
const Stays = (dueHours: number) => z.strictObject({ dueHours: Hours(dueHours) }).prefault({});

export const ReviewConfig = z
  .strictObject({
    secondPersonAboveMinor: z.record(z.string().regex(/^[A-Z]{3}$/), z.int().min(0)).default({}),
    in_review: TimeOut(24, 'decline'),
    fraud: TimeOut(24, 'decline'),
    unknown_attempt: Stays(72),
    held_money: Stays(72),
    elevatedRisk: z.enum(['ignore', 'review']).default('ignore'),
  })
  .prefault({})
  .transform(
    ({
      secondPersonAboveMinor,
      in_review,
      fraud,
      unknown_attempt,
      held_money,
      elevatedRisk,
    }): ReviewRules => ({
      elevatedRisk,
      secondPersonAboveMinor,
      timeOut: {
        in_review,
        fraud,
        unknown_attempt: { ...unknown_attempt, onDue: 'escalate' },
        held_money: { ...held_money, onDue: 'escalate' },
      },
    }),
  );
