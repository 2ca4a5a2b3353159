// Fields that many answers have, with the words that describe them.
import * as z from 'zod';

/** Milliseconds since 1970, UTC. */
export const Moment = z.int().meta({ description: 'Milliseconds since 1970, UTC.' });
export const Currency = z.string().meta({ description: 'ISO 4217.' });
/** An integer of any size: a sum may pass 2^53. */
export const ExactInteger = z.bigint();

/** @param cursor what goes back as `cursor`; null at the end */
export const pageOf = <Item extends z.ZodType, Cursor extends z.ZodType>(item: Item, cursor: Cursor) =>
  z.object({ items: z.array(item), nextCursor: cursor.nullable() });
