// What a store answers to pending checkouts, and what it books when answer and decision meet in either order.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  bytesOf,
  checkoutEntry,
  decisionEntry,
  pendingEntry,
  refundEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { nowMs, type OnTrial } from './trial.ts';

export function describeAuthorising(on: OnTrial): void {
  const { restart, hello, receive, bookAll, states, feedOf } = on;

  const outcomesOf = async (id: string) =>
    (await feedOf('box-1')).filter((item) => item.id === id).map(({ outcome }) => outcome);
  const movementsOf = async (id: string) =>
    (await on.port.document(id)).flatMap(({ movements }) =>
      movements.map(({ reason, seq }) => `${reason} ${seq}`),
    );
  const take = async (...entries: Parameters<typeof bytesOf>[0][]) => {
    const first = on.journal.lastSeq() + 1;
    on.journal.append(...entries.map(bytesOf));
    await hello();
    const taken = await receive(first, on.journal.lastSeq());
    await bookAll();
    return taken;
  };
  const due = async (afterMs: number) => {
    const { answered } = await on.port.answerDue(10, nowMs + afterMs);
    return answered;
  };
  const receivable = async () =>
    (await on.port.accounts()).find(({ name }) => name.startsWith('receivable'))?.balanceMinor ?? 0n;

  it('authorises, declines with the code, or cannot say; and says that it was asked', async () => {
    const [yes, no, perhaps] = [
      pendingEntry('tok_1'),
      pendingEntry('tok_decline_no_funds'),
      pendingEntry('tok_unknown'),
    ];
    expect(await take(yes, no, perhaps)).toMatchObject({ kind: 'received', asks: true });
    expect((await feedOf('box-1')).map(({ outcome, declineCode }) => [outcome, declineCode])).toEqual([
      ['authorised', undefined],
      ['declined', 'no_funds'],
      ['unknown', undefined],
    ]);
    await take(decisionEntry(yes.id, 'authorised'), decisionEntry(no.id, 'declined'));
    expect(await movementsOf(yes.id)).toEqual(['sale 1']);
    expect(await movementsOf(no.id)).toEqual([]);
    expect(await receivable()).toBe(1000n);
    expect(await states()).toEqual(['booked', 'recorded', 'recorded', 'recorded', 'recorded']);
  });

  it('keeps what is due over a restart, and answers it once', async () => {
    const slow = pendingEntry('tok_slow_5000');
    await take(slow);
    await restart();
    expect(await due(4999)).toBe(0);
    expect(await outcomesOf(slow.id)).toEqual([]);
    expect(await due(5000)).toBe(1);
    await restart();
    expect(await due(9000)).toBe(0);
    expect(await outcomesOf(slow.id)).toEqual(['authorised']);
    expect(await receivable()).toBe(1000n);
  });

  it('books what was approved offline meanwhile once, and has a declined one looked at', async () => {
    const [slow, no] = [pendingEntry('tok_slow_5000'), pendingEntry('tok_decline_x')];
    await take(
      slow,
      no,
      decisionEntry(slow.id, 'approved_offline'),
      decisionEntry(no.id, 'approved_offline'),
    );
    await due(5000);
    expect(await outcomesOf(slow.id)).toEqual(['booked', 'authorised']);
    expect(await outcomesOf(no.id)).toEqual(['declined', 'in_review']);
    expect(await receivable()).toBe(2000n);
  });

  it('takes back what was authorised for a refused checkout, in whichever order they come', async () => {
    const [quick, slow] = [pendingEntry('tok_1'), pendingEntry('tok_slow_5000')];
    await take(quick, slow, decisionEntry(quick.id, 'refused'), decisionEntry(slow.id, 'refused'));
    expect(await outcomesOf(quick.id)).toEqual(['authorised', 'reversed']);
    expect(await movementsOf(quick.id)).toEqual(['sale 1', 'void 3']);
    expect(await receivable()).toBe(0n);
    await due(5000);
    expect(await outcomesOf(slow.id)).toEqual(['reversed']);
    expect(await movementsOf(slow.id)).toEqual(['sale 2', 'void 4']);
    expect(await receivable()).toBe(0n);
  });

  it('parks a second decision, and one on what was never asked', async () => {
    const [asked, sold] = [pendingEntry('tok_1'), checkoutEntry()];
    await take(asked, sold, decisionEntry(asked.id, 'authorised'), decisionEntry(asked.id, 'refused'));
    await take(decisionEntry(sold.id, 'refused'), decisionEntry(randomUUID(), 'refused'));
    expect((await states())?.slice(2)).toEqual([
      'recorded',
      'already_decided',
      'already_decided',
      'checkout_unknown',
    ]);
  });

  it('lets a checkout be voided and refunded once it is decided, and not before', async () => {
    const [first, second] = [pendingEntry('tok_1'), pendingEntry('tok_1')];
    await take(first, second, voidEntry(first.id), decisionEntry(second.id, 'authorised'));
    await take(refundEntry(second.id, 400));
    expect(await states()).toEqual(['booked', 'booked', 'checkout_not_approved', 'recorded', 'booked']);
  });
}
