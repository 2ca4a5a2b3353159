// What `npm start` says when it has stopped.
import { formatMoney } from '../money-text.ts';
import { currency } from './shopping.ts';
import type { Ending } from './start.ts';

const differencesShownMax = 20;

export function endingLines(ending: Ending, folder: string): string[] {
  switch (ending.kind) {
    case 'hurried':
      return ['stopped without waiting for the rest; the next start goes on where this one ended'];
    case 'pending':
      return [
        `stopped with the link cut: ${ending.pending} of ${ending.entries} entries wait in the journal`,
        'and go up at the next start',
      ];
    case 'compared': {
      const { entries, journalTotalMinor, ledgerTotalMinor, refundTotalMinor, voidTotalMinor, differences } =
        ending.comparison;
      const money = (minor: number) => formatMoney(minor, currency).padStart(16);
      const shown = differences.slice(0, differencesShownMax).map((difference) => `  ${difference}`);
      return [
        `journal  ${money(journalTotalMinor)} in checkouts   ${entries} entries`,
        `ledger   ${money(ledgerTotalMinor)} in checkouts`,
        `voided   ${money(voidTotalMinor)}`,
        `refunded ${money(refundTotalMinor)}`,
        ...shown,
        differences.length === 0
          ? `journal and ledger agree, entry by entry; both are in ${folder}`
          : `journal and ledger DIFFER in ${differences.length} places; both are in ${folder}`,
      ];
    }
  }
}
