import { describe, expect, it } from 'vitest';
import type { DocumentView } from '../contract/kiosk-api.ts';
import { asArrived, type Books } from './books.ts';
import type { LedgerEntry } from './central-api.ts';
import { compareBooks } from './compare.ts';

function document(seq: number, fields: Partial<DocumentView> = {}): DocumentView {
  return {
    id: `id-${seq}`,
    kind: 'checkout',
    seq,
    verdict: 'approved_offline',
    decidedBy: 'appliance',
    reasons: [],
    currency: 'GBP',
    totalMinor: 100 * seq,
    received: true,
    outcome: null,
    voidedBy: null,
    refundedMinor: 0,
    ...fields,
  };
}

function entry(seq: number, fields: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    seq,
    documentId: `id-${seq}`,
    kind: 'checkout',
    verdict: 'approved_offline',
    totalMinor: 100 * seq,
    currency: 'GBP',
    state: 'booked',
    ...fields,
  };
}

function balances(receivable: number, payable = -receivable): Books['balances'] {
  return [
    { name: 'receivable:customer', currency: 'GBP', balanceMinor: receivable },
    { name: 'payable:payee:house', currency: 'GBP', balanceMinor: payable },
  ];
}

/** A synthetic checkout, and two sales, one refused, half of the first given back and the rest handed over, the second voided. */
function goodBooks(): Books {
  const { currency, totalMinor, ...voidDocument } = document(5, { kind: 'void', checkoutId: 'id-2' });
  const { currency: _, totalMinor: __, ...step } = document(6, { kind: 'fulfilment', checkoutId: 'id-1' });
  return {
    journal: [
      document(1),
      document(2),
      document(3, { verdict: 'refused' }),
      document(4, { kind: 'refund', checkoutId: 'id-1', totalMinor: 50 }),
      voidDocument,
      step,
    ],
    undecided: new Set(),
    ledger: [
      entry(1),
      entry(2),
      entry(3, { verdict: 'refused', state: 'recorded' }),
      entry(4, { kind: 'refund', totalMinor: 50 }),
      entry(5, { kind: 'void', totalMinor: 200 }),
      entry(6, { kind: 'fulfilment', totalMinor: 0, state: 'recorded' }),
      entry(7, { kind: 'synthetic', totalMinor: null, currency: null, state: 'recorded' }),
    ],
    balances: balances(50),
  };
}

describe('journal and ledger', () => {
  it('agree, and are summed by what happened', () => {
    expect(compareBooks(goodBooks())).toEqual({
      entries: 6,
      journalTotalMinor: 300,
      ledgerTotalMinor: 300,
      refundTotalMinor: 50,
      voidTotalMinor: 200,
      duplicates: 0,
      missing: 0,
      differences: [],
    });
  });

  const spoilt: [string, (books: Books) => void, object][] = [
    ['an entry missing in the ledger', (books) => books.ledger.splice(1, 1), { missing: 1 }],
    ['an entry twice in the ledger', (books) => books.ledger.push(entry(1)), { duplicates: 1 }],
    ['an entry the journal does not have', (books) => books.ledger.push(entry(7)), { missing: 0 }],
    ['another amount', (books) => books.ledger.splice(0, 1, entry(1, { totalMinor: 101 })), {}],
    ['another verdict', (books) => books.ledger.splice(0, 1, entry(1, { verdict: 'refused' })), {}],
    ['a refused checkout booked', (books) => books.ledger.splice(2, 1, entry(3, { verdict: 'refused' })), {}],
    ['an approved checkout parked', (books) => books.ledger.splice(0, 1, entry(1, { state: 'parked' })), {}],
    [
      'another place in the order',
      (books) => books.ledger.splice(0, 1, entry(9, { documentId: 'id-1' })),
      {},
    ],
    ['another currency', (books) => books.ledger.splice(0, 1, entry(1, { currency: 'EUR' })), {}],
    ['a receivable that is not the sum', (books) => books.balances.splice(0, 2, ...balances(51)), {}],
    ['accounts that do not sum to zero', (books) => books.balances.splice(0, 2, ...balances(50, -49)), {}],
  ];
  it.each(spoilt)('differ by %s', (_, spoil, expected) => {
    const books = goodBooks();
    spoil(books);
    const comparison = compareBooks(books);
    expect(comparison.differences).not.toEqual([]);
    expect(comparison).toMatchObject(expected);
  });

  it('goes by central’s word alone where the link was cut before the decision of a checkout had gone', () => {
    const decided = { verdict: 'authorised', decidedBy: 'central', decisionSeq: 9 } as const;
    const refused = { verdict: 'refused', decidedBy: 'appliance', decisionSeq: 10 } as const;
    const journal = [document(1), document(2, decided), document(3, refused), document(8)];
    const ledger = [
      entry(1),
      entry(2, { verdict: 'pending' }),
      entry(3, { verdict: 'pending', state: 'recorded' }),
    ];
    const books = { ledger, balances: balances(300) };
    const compared = compareBooks({ ...books, ...asArrived(journal, 3) });
    expect(compared).toMatchObject({
      entries: 3,
      journalTotalMinor: 300,
      ledgerTotalMinor: 300,
      differences: [],
    });
    // With the decision there, the ledger would have to know it.
    expect(compareBooks({ ...books, ...asArrived(journal.slice(0, 3), 10) }).differences).toHaveLength(2);
  });
});
