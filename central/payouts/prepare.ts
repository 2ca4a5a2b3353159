// Whether a payee is paid now, and how much: pure. Nothing is paid that may have to be given back, and nobody is paid who
// owes us; what is not paid is carried forward.

/** What central keeps back; the configuration's. */
export interface PayoutRule {
  /** The account `bank:<bank>` payouts are paid from. */
  bank: string;
  /** Sales of the last so many days stay, for the refunds that may come. */
  keepBackDays: number;
  /** Smaller sums wait, by currency. */
  minimumMinor: Record<string, number>;
}

export interface OwedFacts {
  currency: string;
  /** A payout of this account is on its way: its range must be settled first. */
  open: boolean;
  /** Everything owed until now; below zero: the payee owes us. */
  owedMinor: bigint;
  /** Of that, what was booked early enough. */
  dueMinor: bigint;
}

export type CarriedReason =
  | 'payout_open'
  /** The payee owes us, or its refunds since are more than what is due. */
  | 'owes_us'
  | 'nothing_due'
  | 'below_minimum'
  | 'above_limit';
export type Carried = { kind: 'carried'; reason: CarriedReason; owedMinor: bigint };

const dayMs = 86_400_000;

/** What was booked before this moment may be paid. */
export function cutoffMs(untilMs: number, { keepBackDays }: PayoutRule): number {
  return untilMs - keepBackDays * dayMs;
}

export function judgePayout(
  facts: OwedFacts,
  rule: PayoutRule,
): { kind: 'pay'; amountMinor: number } | Carried {
  const { owedMinor, dueMinor, open, currency } = facts;
  const carried = (reason: CarriedReason): Carried => ({ kind: 'carried', reason, owedMinor });
  if (open) return carried('payout_open');
  if (owedMinor < 0n || dueMinor < 0n) return carried('owes_us');
  if (dueMinor === 0n) return carried('nothing_due');
  if (owedMinor < dueMinor) return carried('owes_us');
  if (dueMinor < BigInt(rule.minimumMinor[currency] ?? 1)) return carried('below_minimum');
  if (dueMinor > BigInt(Number.MAX_SAFE_INTEGER)) return carried('above_limit');
  return { kind: 'pay', amountMinor: Number(dueMinor) };
}
