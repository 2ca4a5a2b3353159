// A product's split as it is written down: in a catalogue's file, in a draft, and for good.
import * as z from 'zod';
import { chosenName } from './postings.ts';

/** Payees of one product. */
export const splitPayeesMax = 8;

/** The house needs no row: what nobody else gets is its own. */
export const PayeeId = z
  .string()
  .regex(chosenName, { error: 'use 1 to 40 of a-z, 0-9 and -, not beginning with -' })
  .refine((id) => id !== 'house', { error: 'the house gets what the payees do not; leave it out' });

export const Split = z.strictObject({
  payees: z
    .array(z.strictObject({ payee: PayeeId, basisPoints: z.int().min(1).max(10_000) }))
    .min(1)
    .max(splitPayeesMax)
    .refine((payees) => payees.reduce((sum, { basisPoints }) => sum + basisPoints, 0) <= 10_000, {
      error: 'shares come to 10000 basis points together at most',
    })
    .refine((payees) => new Set(payees.map(({ payee }) => payee)).size === payees.length, {
      error: 'name each payee once',
    }),
  feeBasisPoints: z.int().min(0).max(10_000).default(0),
});

/** The split of one product of a catalogue. */
export interface ProductSplit {
  sku: string;
  split: z.output<typeof Split>;
}
