// How payees are paid: a section of central's configuration.
import * as z from 'zod';
import { Currency } from '../../contract/money.ts';
import { chosenName } from '../ledger/postings.ts';

export const PayoutsConfig = z
  .strictObject({
    /** The account `bank:<bank>` in the books. */
    bank: z.string().regex(chosenName, { error: 'use 1 to 40 of a-z, 0-9 and -' }).default('main'),
    /** Sales of the last so many days are kept back, for the refunds that may come. */
    keepBackDays: z.int().min(0).max(365).default(0),
    /** Smaller sums wait for the next time. */
    minimumMinor: z.record(Currency, z.int().min(1)).default({}),
    /** Who prepared a payout may approve it as well: for a desk of one. */
    approveOwn: z.boolean().default(false),
  })
  .prefault({});
export type PayoutsConfig = z.output<typeof PayoutsConfig>;
