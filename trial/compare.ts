// The appliance's journal and central's ledger held against each other, entry by entry. Plain sums over what the two
// programs answer; nothing of their own reckoning is used.
import type { DocumentView } from '../contract/kiosk-api.ts';
import type { Books } from './books.ts';
import type { Account, LedgerEntry } from './central-api.ts';

export interface Comparison {
  /** Entries of the journal. */
  entries: number;
  /** Approved checkouts, as the journal and as the ledger has them. */
  journalTotalMinor: number;
  ledgerTotalMinor: number;
  /** Approved refunds, and checkouts that were voided, as the journal has them. */
  refundTotalMinor: number;
  voidTotalMinor: number;
  /** Documents that the journal or the ledger has more than once. */
  duplicates: number;
  /** In the journal and not in the ledger. */
  missing: number;
  /** Everything that does not agree, in words. */
  differences: string[];
}

/** A decision is no document of its own: the ledger has it beside the checkout it decided. */
const isDecision = ({ kind }: LedgerEntry) => kind === 'decision';

/** What the appliance asked itself is in no list of documents, and moves nothing. */
const isSynthetic = ({ kind }: LedgerEntry) => kind === 'synthetic';

export function compareBooks({ journal, undecided, ledger: entries, balances }: Books): Comparison {
  const ledger = entries.filter((entry) => !isDecision(entry) && !isSynthetic(entry));
  const reversals = new Set(
    entries.filter((entry) => isDecision(entry) && entry.state === 'booked').map(({ seq }) => seq),
  );
  const isReversed = ({ decisionSeq }: DocumentView) =>
    decisionSeq !== undefined && reversals.has(decisionSeq);
  const journalById = new Map(journal.map((document) => [document.id, document]));
  const ledgerById = new Map(ledger.map((entry) => [entry.documentId, entry]));
  // Of a checkout whose decision is on its way central's own word is all there is to go by.
  const isSold = (document: DocumentView) =>
    isApproved(document) || (undecided.has(document.id) && ledgerById.get(document.id)?.state === 'booked');
  const missing = journal.filter((document) => !ledgerById.has(document.id));
  const unknown = ledger.filter(({ documentId }) => documentId === null || !journalById.has(documentId));
  const duplicates = journal.length - journalById.size + (ledger.length - ledgerById.size);
  const differences = [
    ...missing.map(({ id, seq }) => `${id}: entry ${seq} of the journal is not in the ledger`),
    ...unknown.map(
      ({ documentId, seq }) => `${documentId}: entry ${seq} of the ledger is not in the journal`,
    ),
    ...journal.flatMap((document) =>
      differencesOf(document, ledgerById.get(document.id), isSold(document) || isReversed(document)),
    ),
  ];
  if (duplicates > 0) differences.push(`${duplicates} documents are there more than once`);

  const approved = journal.filter(isSold);
  const journalTotalMinor = sum(approved.filter(({ kind }) => kind === 'checkout'));
  const refundTotalMinor = sum(approved.filter(({ kind }) => kind === 'refund'));
  const voids = approved.filter(({ kind }) => kind === 'void');
  const voidTotalMinor = sum(voids.map(({ checkoutId }) => journalById.get(checkoutId ?? '') ?? {}));
  // Authorised at central and refused at the appliance: sold and taken back, so that nothing is left of it.
  const reversedIds = new Set(journal.filter(isReversed).map(({ id }) => id));
  const ledgerTotalMinor = sum(
    ledger.filter(
      ({ state, kind, documentId }) =>
        state === 'booked' && kind === 'checkout' && !reversedIds.has(documentId ?? ''),
    ),
  );
  if (journalTotalMinor !== ledgerTotalMinor) {
    differences.push(`checkouts: ${journalTotalMinor} in the journal, ${ledgerTotalMinor} in the ledger`);
  }
  differences.push(...wrongBalances(balances, journalTotalMinor - refundTotalMinor - voidTotalMinor));
  return {
    entries: journal.length,
    journalTotalMinor,
    ledgerTotalMinor,
    refundTotalMinor,
    voidTotalMinor,
    duplicates,
    missing: missing.length,
    differences,
  };
}

function differencesOf(document: DocumentView, entry: LedgerEntry | undefined, moves: boolean): string[] {
  if (!entry) return [];
  const expected: Partial<LedgerEntry> = {
    seq: document.seq,
    kind: document.kind,
    verdict: document.verdict,
    // A step of a fulfilment moves no money; the refund it brings is a document of its own.
    state: moves && document.kind !== 'fulfilment' ? 'booked' : 'recorded',
    // A void has no amount of its own in the journal; the ledger knows what it takes back.
    ...(document.totalMinor !== undefined && { totalMinor: document.totalMinor }),
    ...(document.currency !== undefined && { currency: document.currency }),
  };
  return Object.entries(expected).flatMap(([field, value]) => {
    const booked = entry[field as keyof LedgerEntry];
    return booked === value
      ? []
      : [`${document.id}: ${field} is ${value} in the journal, ${booked} in the ledger`];
  });
}

/** Double entry: what is owed for sales is what was sold less what went back, and all accounts sum to zero. */
function wrongBalances(balances: readonly Account[], expectedMinor: number): string[] {
  const wrong: string[] = [];
  const owed = -sumBalances(balances.filter(({ name }) => isOwedForSales(name)));
  if (owed !== expectedMinor) {
    wrong.push(`owed for sales: ${owed} in the ledger, ${expectedMinor} by the journal`);
  }
  for (const currency of new Set(balances.map((account) => account.currency))) {
    const rest = sumBalances(balances.filter((account) => account.currency === currency));
    if (rest !== 0) wrong.push(`the accounts in ${currency} sum to ${rest}, not to zero`);
  }
  return wrong;
}

/** The accounts that a sale credits (docs/operations/accounts.md). */
function isOwedForSales(name: string): boolean {
  return name.startsWith('payable:payee:') || name === 'payable:tax' || name.startsWith('income:');
}

function isApproved({ verdict }: DocumentView): boolean {
  return verdict === 'approved_offline' || verdict === 'authorised';
}

function sum(items: readonly { totalMinor?: number | null | undefined }[]): number {
  return items.reduce((total, item) => total + (item.totalMinor ?? 0), 0);
}

function sumBalances(accounts: readonly Account[]): number {
  return accounts.reduce((total, account) => total + account.balanceMinor, 0);
}
