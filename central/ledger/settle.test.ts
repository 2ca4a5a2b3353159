import { describe, expect, it } from 'vitest';
import type { DocumentEntry, FulfilmentEntry } from '../../contract/entry.ts';
import {
  checkoutEntry,
  fulfilmentEntry,
  refundEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../fixtures/entries.ts';
import { type DocumentState, type SettleFacts, type Settlement, settle } from './settle.ts';
import { houseShares } from './splits.ts';

const id = '0190b5c0-0000-7000-8000-000000000001';
const nothing: SettleFacts = {
  sameId: null,
  checkout: null,
  standing: { lines: null, earlier: [], left: houseShares(1500) },
  splitOf: () => null,
};

function step(change: Partial<FulfilmentEntry> = {}): FulfilmentEntry {
  return fulfilmentEntry(id, { step: 'picked' }, change);
}

function sold(change: Partial<DocumentState> = {}): DocumentState {
  return {
    kind: 'checkout',
    verdict: 'approved_offline',
    currency: 'GBP',
    totalMinor: 1500,
    refundedMinor: 0,
    voidedBy: null,
    ...change,
  };
}

describe('settle', () => {
  const parked: [string, DocumentEntry, SettleFacts, string][] = [
    ['an id that is booked already', checkoutEntry(), { ...nothing, sameId: sold() }, 'document_repeated'],
    ['a void of an unknown checkout', voidEntry(id), nothing, 'checkout_unknown'],
    [
      'a void of a refund',
      voidEntry(id),
      { ...nothing, checkout: sold({ kind: 'refund' }) },
      'not_a_checkout',
    ],
    [
      'a void of a refused checkout',
      voidEntry(id),
      { ...nothing, checkout: sold({ verdict: 'refused' }) },
      'checkout_not_approved',
    ],
    ['a second void', voidEntry(id), { ...nothing, checkout: sold({ voidedBy: id }) }, 'already_voided'],
    [
      'a void after a refund',
      voidEntry(id),
      { ...nothing, checkout: sold({ refundedMinor: 1 }) },
      'already_refunded',
    ],
    ['a refund of an unknown checkout', refundEntry(id, 1), nothing, 'checkout_unknown'],
    [
      'a refund of a void',
      refundEntry(id, 1),
      { ...nothing, checkout: sold({ kind: 'void' }) },
      'not_a_checkout',
    ],
    [
      'a refund of a declined checkout',
      refundEntry(id, 1),
      { ...nothing, checkout: sold({ verdict: 'declined' }) },
      'checkout_not_approved',
    ],
    [
      'a refund of a voided checkout',
      refundEntry(id, 1),
      { ...nothing, checkout: sold({ voidedBy: id }) },
      'already_voided',
    ],
    [
      'a refund of one penny more than is left',
      refundEntry(id, 501),
      { ...nothing, checkout: sold({ refundedMinor: 1000 }) },
      'refund_above_remaining',
    ],
    [
      'a refund in another currency',
      refundEntry(id, 1, { currency: 'EUR' }),
      { ...nothing, checkout: sold() },
      'currency_differs',
    ],
    [
      'an approved refund that does not say of how much',
      refundEntry(id, 1, { refund: { checkoutId: id, currency: 'GBP', reason: 'x' } }),
      { ...nothing, checkout: sold() },
      'entry_unreadable',
    ],
    ['a step for an unknown checkout', step(), nothing, 'checkout_unknown'],
    ['a step for a refund', step(), { ...nothing, checkout: sold({ kind: 'refund' }) }, 'not_a_checkout'],
    [
      'a step for a refused checkout',
      step(),
      { ...nothing, checkout: sold({ verdict: 'refused' }) },
      'checkout_not_approved',
    ],
    ['a step after a void', step(), { ...nothing, checkout: sold({ voidedBy: id }) }, 'already_voided'],
  ];
  it.each(parked)('parks %s', (_, entry, facts, reason) => {
    expect(settle(entry, facts)).toEqual({ kind: 'parked', reason });
  });

  const refunds: [string, DocumentEntry, SettleFacts, number, object | null][] = [
    [
      'a refund of a part',
      refundEntry(id, 400),
      { ...nothing, checkout: sold({ refundedMinor: 100 }) },
      400,
      { checkoutId: id, refundedMinor: 500, voidedBy: null },
    ],
    [
      'a refund of all that is left',
      refundEntry(id, 500),
      { ...nothing, checkout: sold({ refundedMinor: 1000 }) },
      500,
      { checkoutId: id, refundedMinor: 1500, voidedBy: null },
    ],
    ['a refund without a checkout', unlinkedRefundEntry(700), nothing, 700, null],
  ];
  it.each(refunds)('books %s', (_, entry, facts, refunded, change) => {
    const settlement = settle(entry, facts);
    expect(settlement).toMatchObject({ kind: 'booked', outcome: 'booked', change });
    expect(amounts(settlement)).toEqual({ 'payable:payee:house': refunded, 'payable:refund': -refunded });
  });

  const sales: [string, DocumentEntry, SettleFacts, number, object | null][] = [
    ['a checkout approved offline', checkoutEntry(), nothing, 1500, null],
    ['an authorised checkout', checkoutEntry({ verdict: 'authorised' }), nothing, 1500, null],
    [
      'a void as the reverse of its sale',
      voidEntry(id, { id: id.replace('1', '2') }),
      { ...nothing, checkout: sold() },
      -1500,
      { checkoutId: id, refundedMinor: 0, voidedBy: id.replace('1', '2') },
    ],
  ];
  it.each(sales)('books %s', (_, entry, facts, receivable, change) => {
    const settlement = settle(entry, facts);
    expect(settlement).toMatchObject({ kind: 'booked', outcome: 'booked', change });
    expect(amounts(settlement)).toEqual({
      'receivable:customer': receivable,
      'payable:payee:house': -receivable,
    });
  });

  const refused: [string, DocumentEntry][] = [
    ['a refused checkout', checkoutEntry({ verdict: 'refused' })],
    ['a declined checkout', checkoutEntry({ verdict: 'declined' })],
    ['a refused void of a checkout nobody knows', voidEntry(id, { verdict: 'refused' })],
    ['a refused refund', refundEntry(id, 100, { verdict: 'refused' })],
    [
      'a refund refused before its money was known',
      refundEntry(id, 1, { verdict: 'refused', refund: { checkoutId: id, reason: 'x' } }),
    ],
    ['a refused step of a fulfilment', step({ verdict: 'refused' })],
  ];
  it.each(refused)('records %s without moving money', (_, entry) => {
    expect(settle(entry, nothing).kind).toBe('recorded');
  });

  it('takes note of a step of a fulfilment without moving money', () => {
    expect(settle(step(), { ...nothing, checkout: sold({ refundedMinor: 3 }) })).toEqual({
      kind: 'stepped',
      document: { currency: 'GBP', totalMinor: 0, checkoutId: id },
      checkoutId: id,
      step: 'picked',
    });
  });
});

function amounts(settlement: Settlement): Record<string, number> {
  if (settlement.kind !== 'booked') return {};
  return Object.fromEntries(settlement.postings.map(({ account, amountMinor }) => [account, amountMinor]));
}
