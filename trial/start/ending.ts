// What `npm start` says when it has stopped.
import type { Comparison } from '../compare.ts';
import { formatMoney } from '../money-text.ts';
import { currency } from './shopping.ts';

export type Ending =
  /** Both books were compared, of everything that has arrived. */
  | { kind: 'stopped'; comparison: Comparison; waiting: readonly Waiting[] }
  /** There was no time for that: quit was asked for twice. */
  | { kind: 'hurried' };

/** The link is cut: the rest waits in the journal for the next start. */
export interface Waiting {
  /** Null: there is one appliance only. */
  applianceId: string | null;
  entries: number;
  pending: number;
}

const differencesShownMax = 20;

export function endingLines(ending: Ending, folder: string): string[] {
  switch (ending.kind) {
    case 'hurried':
      return ['stopped without waiting for the rest; the next start goes on where this one ended'];
    case 'stopped':
      return [
        ...ending.waiting.flatMap(waitingLines),
        ...comparisonLines(ending.comparison, folder, ending.waiting.length > 0),
      ];
  }
}

function waitingLines({ applianceId, entries, pending }: Waiting): string[] {
  const whose = applianceId === null ? 'the link' : `the link of ${applianceId}`;
  return [
    `stopped with ${whose} cut: ${pending} of ${entries} entries wait in the journal`,
    'and go up at the next start',
  ];
}

function comparisonLines(comparison: Comparison, folder: string, some: boolean): string[] {
  const { entries, journalTotalMinor, ledgerTotalMinor, refundTotalMinor, voidTotalMinor, differences } =
    comparison;
  const money = (minor: number) => formatMoney(minor, currency).padStart(16);
  const shown = differences.slice(0, differencesShownMax).map((difference) => `  ${difference}`);
  const what = some ? 'of what has arrived, journal and ledger' : 'journal and ledger';
  return [
    `journal  ${money(journalTotalMinor)} in checkouts   ${entries} entries`,
    `ledger   ${money(ledgerTotalMinor)} in checkouts`,
    `voided   ${money(voidTotalMinor)}`,
    `refunded ${money(refundTotalMinor)}`,
    ...shown,
    differences.length === 0
      ? `${what} agree, entry by entry; both are in ${folder}`
      : `${what} DIFFER in ${differences.length} places; both are in ${folder}`,
  ];
}
