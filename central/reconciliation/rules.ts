// By which rules the sides are matched: how much may differ, and how long what is not there yet is only awaited.
import * as z from 'zod';
import { isAccountName } from '../ledger/postings.ts';
import { rowKinds } from './report-row.ts';

const days = z.int().min(0).max(366);
const minor = z.int().min(0).max(1_000_000);

/** An account of the books. */
export const Account = z
  .string()
  .refine(isAccountName, { error: 'use an account of the chart, such as expense:fee:stripe' });
/** What is left of a report where no other movement follows from it. */
const bookableKinds = ['transfer', 'reserve', 'adjustment'] as const;

export const ProcessorRules = z.strictObject({
  /** By how much a charge or refund may differ between ledger and report and still be the same. */
  amountToleranceMinor: minor.default(0),
  /** By how much the fee may differ from the one that the ledger expects, where it expects one. */
  feeToleranceMinor: minor.default(0),
  /** By how much the bank's entry may differ from the payout: a bank may keep its own charge. */
  bankToleranceMinor: minor.default(0),
  /** So long after its booking a ledger row is awaited in a report; then it is missing. */
  reportDaysMax: days.default(3),
  /** So long after the payout its money is awaited at the bank; then it is missing. */
  bankDaysMax: days.default(5),
  /** How far apart in time two rows without a common reference may lie and still be the same by currency and amount. */
  pairDaysMax: days.default(2),
  /** The words by which the bank names the processor, in any case: only such entries are matched by amount and date. */
  bankWords: z.array(z.string().min(3).max(50)).max(10).default([]),
  /** Kinds of report rows that the ledger has no row for: they only have to be right within their payout. */
  withoutLedger: z.array(z.enum(rowKinds)).default(['fee', 'transfer', 'reserve']),
  /** Kinds that have no ledger row of their own either, but belong to a payment that the ledger must know. */
  followsPayment: z.array(z.enum(rowKinds)).default(['dispute', 'dispute_reversed']),
  /** Kinds that nobody need look at, and the account that each is booked to. */
  bookTo: z.partialRecord(z.enum(bookableKinds), Account).default({}),
});
export type ProcessorRules = z.infer<typeof ProcessorRules>;

/** Payouts to payees against the bank. */
export const PayeeRules = z.strictObject({
  /** By how much the bank's entries may differ from what was paid: it may keep its own charge. */
  bankToleranceMinor: minor.default(0),
  /** So long after it was paid a payout is awaited at the bank; then it is missing. */
  bankDaysMax: days.default(5),
  /** Words by which the bank marks such transfers, in any case, where it names neither reference nor payee. */
  bankWords: z.array(z.string().min(3).max(50)).max(10).default([]),
  /**
   * Which payouts one entry may stand for: `none` only those that it names one by one; `reference` also all that were paid
   * under one reference; `day` also all of one day and currency that come to it, where it carries one of `bankWords`.
   */
  batches: z.enum(['none', 'reference', 'day']).default('reference'),
});
export type PayeeRules = z.infer<typeof PayeeRules>;

/** The rules by processor; `otherwise` holds for a processor that is not named. */
export const MatchRules = z.strictObject({
  processors: z.record(z.string().min(1).max(50), ProcessorRules).default({}),
  otherwise: ProcessorRules.prefault({}),
  payees: PayeeRules.prefault({}),
  /** So long after its booking a checkout or a refund may wait for its money; then it is not collected. */
  collectDaysMax: days.default(4),
  /** Of two processors in a shadow reconciliation the smaller one must have so many hundredths of the other's charges. */
  shadowVolumePercentMin: z.int().min(1).max(100).default(10),
});
export type MatchRules = z.infer<typeof MatchRules>;

export function rulesFor(rules: MatchRules, processor: string): ProcessorRules {
  return rules.processors[processor] ?? rules.otherwise;
}
