// A question after a price: the judgement of a checkout without booking anything.
import * as z from 'zod';
import { Checkout } from './checkout.ts';
import { JudgedLine, Tax } from './entry.ts';
import { AnsweredReason } from './kiosk-api.ts';

/** A checkout that need not know its total or its card yet; without a card the checks on cards are left out. */
export const QuoteRequest = Checkout.partial({ totalMinor: true, payment: true });
export type QuoteRequest = z.infer<typeof QuoteRequest>;

/** A line as it would be judged: its own price unless `from` says otherwise, and what is left of the product for sale. */
const QuotedLine = z.object({
  ...JudgedLine.shape,
  /** Null where nobody counted. */
  left: z.int().nullable(),
});

export const Quote = z.object({
  /** What the appliance would say now if it decided alone. */
  verdict: z.enum(['approved_offline', 'refused']),
  reasons: z.array(AnsweredReason),
  /** Of the reasons, those that hold only while central cannot be asked. */
  offlineOnly: z.array(AnsweredReason),
  /** False when no payment was given: then no check looked at a card. */
  cardChecked: z.boolean(),
  currency: z.string(),
  /** Null when a line has no price. */
  totalMinor: z.int().min(0).nullable(),
  /** In the order of the question's lines, null where a line has no price. */
  lines: z.array(QuotedLine.nullable()),
  taxes: z.array(Tax),
  catalogueVersion: z.int().min(0),
  policyVersion: z.int().min(0),
});
export type Quote = z.infer<typeof Quote>;
