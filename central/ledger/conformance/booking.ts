// What a store makes of received entries: each is booked once and in order (I5), or parked with its reason.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  bytesOf,
  checkoutEntry,
  fulfilmentEntry,
  refundEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { createTestJournal } from '../../fixtures/journal.ts';
import { nowMs, type OnTrial, privateKey } from './trial.ts';

export function describeBooking(on: OnTrial): void {
  const { restart, hello, receive, receivePayload, sell, bookAll, states, feedOf } = on;

  it('books each entry once, in order, whatever the size of the pieces', async () => {
    sell(7);
    await hello();
    await receive(1, 7);
    expect(await on.port.bookPiece(3, nowMs)).toEqual({ entries: 3, more: true });
    await restart();
    await bookAll();
    expect(await on.port.bookPiece(3, nowMs)).toEqual({ entries: 0, more: false });
    expect(await on.port.accounts()).toEqual([
      { name: 'payable:payee:house', currency: 'GBP', balanceMinor: -700n },
      { name: 'receivable:customer', currency: 'GBP', balanceMinor: 700n },
    ]);
  });

  it('parks what cannot be booked with its reason, and the rest goes on', async () => {
    const sale = checkoutEntry({ totalMinor: 1000 });
    const repeated = checkoutEntry({ id: sale.id, totalMinor: 9 });
    const orphan = voidEntry(randomUUID());
    const last = checkoutEntry({ totalMinor: 50 });
    on.journal.append(bytesOf(sale), Buffer.from('\u0000 not json'), Buffer.from('{"kind":"novel"}'));
    on.journal.append(bytesOf(repeated), bytesOf(orphan), bytesOf(last));
    await hello();
    await receive(1, 6);
    await bookAll();
    expect(await states()).toEqual([
      'booked',
      'entry_unreadable',
      'entry_unreadable',
      'document_repeated',
      'checkout_unknown',
      'booked',
    ]);
    const { items } = await on.port.parked({ limit: 10, journalRefAfter: 0, seqAfter: 0 });
    expect(items.map(({ seq, documentId }) => [seq, documentId])).toEqual([
      [2, null],
      [3, null],
      [4, sale.id],
      [5, orphan.id],
    ]);
    const outcomes = (await feedOf('box-1')).map(({ id, outcome }) => [id, outcome]);
    expect(outcomes).toEqual([
      [sale.id, 'booked'],
      [orphan.id, 'parked'],
      [last.id, 'booked'],
    ]);
  });

  it('follows a checkout through its refunds, and another to its void', async () => {
    const [first, second] = [checkoutEntry({ totalMinor: 1000 }), checkoutEntry({ totalMinor: 300 })];
    const undo = voidEntry(second.id);
    on.journal.append(...[first, second, refundEntry(first.id, 600), undo].map(bytesOf));
    on.journal.append(...[refundEntry(first.id, 401), refundEntry(first.id, 400)].map(bytesOf));
    on.journal.append(...[unlinkedRefundEntry(70), checkoutEntry({ verdict: 'refused' })].map(bytesOf));
    await hello();
    await receive(1, 8);
    await bookAll();
    const reasons = await states();
    expect(reasons).toEqual([
      ...Array(4).fill('booked'),
      'refund_above_remaining',
      'booked',
      'booked',
      'recorded',
    ]);
    const [view] = await on.port.document(first.id);
    expect(view).toMatchObject({ refundedMinor: 1000, voidedBy: null, totalMinor: 1000 });
    expect(view?.movements.map(({ reason }) => reason)).toEqual(['sale', 'refund', 'refund']);
    const [voided] = await on.port.document(second.id);
    expect(voided).toMatchObject({ voidedBy: undo.id, refundedMinor: 0 });
    expect(voided?.movements.map(({ reason }) => reason)).toEqual(['sale', 'void']);
    const balances = (await on.port.accounts()).map(({ balanceMinor }) => balanceMinor);
    // To the payee, to customers, and from customers.
    expect(balances).toEqual([70n, -1070n, 1000n]);
  });

  it('shows how far the goods of a checkout are, and books what a step gives back', async () => {
    const sale = checkoutEntry({ totalMinor: 1000, goods: 'reserved' });
    const lines = [{ line: 0, quantity: 1 }];
    const back = refundEntry(sale.id, 250);
    const short = fulfilmentEntry(
      sale.id,
      { step: 'short_picked', lines },
      { refund: { id: back.id, currency: 'GBP', totalMinor: 250 } },
    );
    const handedOver = fulfilmentEntry(sale.id, { step: 'handed_over' });
    on.journal.append(...[sale, short, { ...back, fulfilmentId: short.id }, handedOver].map(bytesOf));
    on.journal.append(
      bytesOf(fulfilmentEntry(sale.id, { step: 'abandoned', reason: 'x' }, { verdict: 'refused' })),
    );
    on.journal.append(bytesOf({ ...handedOver, checkoutId: voidEntry(sale.id).id }));
    await hello();
    await receive(1, 6);
    await bookAll();
    expect(await states()).toEqual([
      'booked',
      'recorded',
      'booked',
      'recorded',
      'recorded',
      'document_repeated',
    ]);
    const [view] = await on.port.document(sale.id);
    expect(view).toMatchObject({ refundedMinor: 250, fulfilment: 'handed_over' });
    expect(view?.movements.map(({ reason }) => reason)).toEqual(['sale', 'refund']);
    const [step] = await on.port.document(short.id);
    expect(step).toMatchObject({
      kind: 'fulfilment',
      fulfilment: 'short_picked',
      checkoutId: sale.id,
      totalMinor: 0,
      movements: [],
    });
    // A step has no outcome: the appliance is told of the sale and of the money that went back.
    const told = (await feedOf('box-1')).map(({ id, outcome }) => [id, outcome]);
    expect(told).toEqual([
      [sale.id, 'booked'],
      [back.id, 'booked'],
    ]);
  });

  it('does not let one appliance touch a checkout of another', async () => {
    const sale = checkoutEntry();
    on.journal.append(bytesOf(sale));
    await hello();
    await receive(1, 1);
    const other = createTestJournal('box-2', privateKey);
    other.append(bytesOf(voidEntry(sale.id)), bytesOf(checkoutEntry({ id: sale.id })));
    await hello({ applianceId: 'box-2', journalId: other.journalId });
    await receivePayload(await other.payload(1, 2), 'box-2');
    await bookAll();
    const documents = await on.port.document(sale.id);
    expect(documents.map(({ applianceId, voidedBy }) => [applianceId, voidedBy])).toEqual([
      ['box-1', null],
      ['box-2', null],
    ]);
    const { items } = await on.port.parked({ limit: 10, journalRefAfter: 0, seqAfter: 0 });
    expect(items).toMatchObject([{ applianceId: 'box-2', reason: 'checkout_unknown' }]);
  });
}
