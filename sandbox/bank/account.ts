// The bank where payouts arrive: one account a currency, whose entries are what its statements show.

export interface Credit {
  /** The processor's name of the payout, which the bank passes on. */
  reference: string;
  words: string;
  /** In Stripe's smallest unit of the currency. */
  amount: number;
  currency: string;
  bookedMs: number;
}

export interface Entry extends Credit {
  /** The bank's own name of the entry. */
  bankReference: string;
  /** What came in it: more than one where the bank joined payouts. */
  parts: readonly Pick<Credit, 'reference' | 'amount'>[];
}

export interface BankAccount {
  credit(credit: Credit): void;
  /** In the order of their booking. */
  entries(): readonly Entry[];
  clear(): void;
}

export function openBank(): BankAccount {
  let entries: Entry[] = [];
  // Not begun anew by clear(): a bank names no two entries alike.
  let booked = 0;
  return {
    credit(credit) {
      const bankReference = `SBX${String(++booked).padStart(9, '0')}`;
      entries.push({ ...credit, bankReference, parts: [credit] });
    },
    entries: () => entries,
    clear() {
      entries = [];
    },
  };
}
