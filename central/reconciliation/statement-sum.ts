// Whether a bank statement adds up, entry by entry: what camt.053 and MT940 have in common.
import type { BankEntry, StatementCheck } from './report-row.ts';

export interface StatementSum {
  currency: string;
  opening(minor: number): void;
  closing(minor: number): void;
  entry(entry: BankEntry): void;
  setAside(): void;
  check(statement: { account: string; statement: string; line: number }): StatementCheck;
}

/** A statement agrees when both balances are there and its entries lead from one to the other. */
export function startSum(currency = ''): StatementSum {
  let openingMinor: number | null = null;
  let closingMinor: number | null = null;
  let entriesMinor = 0n;
  let [entries, asides] = [0, 0];
  const sum: StatementSum = {
    currency,
    opening: (minor) => {
      openingMinor = minor;
    },
    closing: (minor) => {
      closingMinor = minor;
    },
    entry: ({ amountMinor }) => {
      entriesMinor += BigInt(amountMinor);
      entries++;
    },
    setAside: () => {
      asides++;
    },
    check: ({ account, statement, line }) => ({
      account,
      statement,
      currency: sum.currency,
      openingMinor,
      closingMinor,
      entriesMinor,
      entries,
      setAside: asides,
      agrees:
        openingMinor !== null &&
        closingMinor !== null &&
        BigInt(openingMinor) + entriesMinor === BigInt(closingMinor),
      line,
    }),
  };
  return sum;
}
