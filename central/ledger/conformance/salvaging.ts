// What a store makes of a journal that goes on from another one: what that one brought is known, the rest is booked, and what
// nobody has is in doubt until it is found or a person has seen to it.
import { expect, it } from 'vitest';
import type { Entry } from '../../../contract/entry.ts';
import { byTester } from '../../fixtures/by.ts';
import {
  bytesOf,
  checkoutEntry,
  decisionEntry,
  fulfilmentEntry,
  pendingEntry,
  refundEntry,
  salvageEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { createTestJournal } from '../../fixtures/journal.ts';
import { salvageActs } from './salvage-acts.ts';
import { nowMs, type OnTrial, privateKey } from './trial.ts';

const by = byTester(nowMs);

export function describeSalvaging(on: OnTrial): void {
  const { append, balances, bring, doubts, goOn, handOver, statesOf, told } = salvageActs(on);

  it('takes what it has received for known, books the rest, and names what nobody has', async () => {
    on.sell(9);
    await bring(on.journal, 4);
    const next = goOn(
      {
        lost: [
          { firstSeq: 2, lastSeq: 2 },
          { firstSeq: 5, lastSeq: 6 },
        ],
        altered: [{ firstSeq: 8, lastSeq: 8 }],
        unproven: [{ firstSeq: 7, lastSeq: 7 }],
      },
      [1, 3, 4, 7, 9],
    );
    await bring(next);
    expect(await statesOf(next)).toEqual(['recorded', 'known', 'known', 'known', 'booked', 'booked']);
    // Four by the first, two by the second: the one that its file lost is here.
    expect(await balances()).toEqual([-600n, 600n]);
    expect((await told()).length).toBe(6);
    expect(await doubts()).toEqual(['lost 5-6 open', 'altered 8-8 open', 'unproven 7-7 booked']);
    expect((await on.port.appliance('box-1'))?.journals).toMatchObject([
      { goesOnFrom: null, conditions: [] },
      { goesOnFrom: on.journal.journalId, conditions: [{ code: 'journal_salvaged', sinceMs: nowMs }] },
    ]);
    const { items } = await on.port.parked({ limit: 10, journalRefAfter: 0, seqAfter: 0 });
    expect(items).toEqual([]);
  });

  it('does nothing of any kind of entry a second time, nor tells it', async () => {
    const sold = [1, 2, 3, 4].map(() => checkoutEntry({ totalMinor: 1000 }));
    const [first, second, third, fourth] = sold as [Entry, Entry, Entry, Entry];
    const asked = [pendingEntry('tok_test'), pendingEntry('tok_test')];
    const [granted, given] = asked as [Entry, Entry];
    append(first, second, third, fourth, granted, given);
    append(voidEntry(first.id), refundEntry(second.id, 400), unlinkedRefundEntry(70));
    append(fulfilmentEntry(third.id, { step: 'picked' }));
    append(fulfilmentEntry(third.id, { step: 'handed_over' }), checkoutEntry({ verdict: 'refused' }));
    append(decisionEntry(granted.id, 'authorised'), decisionEntry(given.id, 'refused'));
    append(voidEntry(first.id), refundEntry(fourth.id, 1001));
    on.journal.append(Buffer.from('{'), Buffer.from('{"kind":"novel"}'));
    await bring(on.journal);
    const [before, saidBefore] = [await balances(), await told()];
    const states = await statesOf(on.journal);
    expect(states?.slice(-4)).toEqual([
      'already_voided',
      'refund_above_remaining',
      'entry_unreadable',
      'entry_unreadable',
    ]);
    const all = on.journal.bodies.map((_, i) => i + 1);
    const next = goOn({}, all);
    await bring(next);
    await bring(goOn({}, [1, ...all.map((seq) => seq + 1)], next));
    expect(await statesOf(next)).toEqual(['recorded', ...all.map(() => 'known')]);
    expect(await balances()).toEqual(before);
    expect(await told()).toEqual(saidBefore);
    const { items } = await on.port.parked({ limit: 100, journalRefAfter: 0, seqAfter: 0 });
    expect(items.length).toBe(4);
    expect(await on.port.document(third.id)).toMatchObject([{ fulfilment: 'handed_over' }]);
    expect(await doubts()).toEqual([]);
  });

  it('finishes what the first part had begun: a decision, a void and a refund of what is known', async () => {
    const [sale, other] = [checkoutEntry({ totalMinor: 500 }), checkoutEntry({ totalMinor: 300 })];
    const asked = pendingEntry('tok_decline');
    append(
      sale,
      other,
      asked,
      voidEntry(sale.id),
      refundEntry(other.id, 100),
      decisionEntry(asked.id, 'approved_offline'),
    );
    await bring(on.journal, 3);
    await bring(goOn({}, [1, 2, 3, 4, 5, 6]));
    expect(await on.port.document(sale.id)).toMatchObject([{ voidedBy: expect.any(String) }]);
    expect(await on.port.document(other.id)).toMatchObject([{ refundedMinor: 100 }]);
    expect(await on.port.document(asked.id)).toMatchObject([
      { verdict: 'approved_offline', state: 'booked' },
    ]);
  });

  it('parks another document under a known id, as ever', async () => {
    const sale = checkoutEntry({ totalMinor: 500 });
    append(sale);
    await bring(on.journal);
    const next = goOn({}, []);
    next.append(bytesOf({ ...sale, slip: 2 }));
    await bring(next);
    expect(await statesOf(next)).toEqual(['recorded', 'document_repeated']);
    expect(await balances()).toEqual([-500n, 500n]);
  });

  it('parks a salvage that does not open its journal, contradicts itself or names what is not its appliance’s', async () => {
    on.sell(3);
    await bring(on.journal);
    const other = createTestJournal('box-2', privateKey);
    other.append(bytesOf(checkoutEntry()));
    await on.hello({ applianceId: 'box-2', journalId: other.journalId });
    on.journal.append(bytesOf(salvageEntry()));
    await bring(on.journal);
    const wrong = [
      goOn({ fromJournalId: other.journalId }, [1]),
      goOn({ lost: [{ firstSeq: 3, lastSeq: 2 }] }, [1]),
      goOn(
        {
          lost: [
            { firstSeq: 2, lastSeq: 3 },
            { firstSeq: 3, lastSeq: 3 },
          ],
        },
        [1],
      ),
      goOn({ altered: [{ firstSeq: 3, lastSeq: 99 }] }, [1]),
    ];
    for (const journal of wrong) await bring(journal);
    expect((await statesOf(on.journal))?.at(-1)).toBe('salvage_misplaced');
    expect(await Promise.all(wrong.map(statesOf))).toEqual([
      ['journal_of_another', 'known'],
      ['salvage_malformed', 'known'],
      ['salvage_malformed', 'known'],
      ['salvage_malformed', 'known'],
    ]);
    expect(await doubts()).toEqual([]);
  });

  it('takes the salvage that a journal carries along from one that never came', async () => {
    on.sell(6);
    await bring(on.journal, 2);
    const second = goOn({ lost: [{ firstSeq: 4, lastSeq: 4 }] }, [1, 2, 3, 5, 6]);
    // Its second entry, which is the first of all, is lost in turn: nobody misses that.
    const third = goOn({ lost: [{ firstSeq: 2, lastSeq: 2 }] }, [1, 3, 4, 5, 6], second);
    await bring(third);
    expect(await statesOf(third)).toEqual(['recorded', 'recorded', 'known', 'booked', 'booked', 'booked']);
    expect(await doubts()).toEqual(['lost 2-2 open', 'lost 4-4 open']);
    expect(await balances()).toEqual([-500n, 500n]);
  });

  it('has in doubt what the box had named, and its file tells nothing of any more', async () => {
    on.sell(9);
    await bring(on.journal, 4);
    const bootId = '00000000-0000-4000-8000-000000000001';
    await on.port.noteHello({
      ...{ applianceId: 'box-1', serial: 'aa', bootId, nowMs },
      journalId: on.journal.journalId,
      lastSeq: 9,
    });
    await bring(goOn({ cause: 'fallen_back', lastSeq: 5 }, [1, 2, 3, 4, 5]));
    expect(await doubts()).toEqual(['lost 6-9 open']);
    const next = (await on.port.appliance('box-1'))?.journals.at(-1);
    expect(await on.port.fleetMember('box-1')).toMatchObject({
      journals: [{ journalId: next?.journalId }],
      conditions: [{ code: 'journal_salvaged', sinceMs: nowMs }],
    });
    expect((await on.port.identity('box-1'))?.missing).toEqual([
      { journalId: on.journal.journalId, fromSeq: 6, atLeast: 4, atMost: 4 },
    ]);
  });

  it('ends what was wrong with the history of a journal that fell back, and hears a clone by its voice', async () => {
    on.sell(5);
    await bring(on.journal);
    const { journalId } = on.journal;
    expect((await on.hello({ lastSeq: 3, lastHash: on.journal.hashAt(3) })).kind).toBe('diverged');
    const next = goOn(
      { cause: 'fallen_back', receivedThrough: 5, lost: [{ firstSeq: 4, lastSeq: 5 }] },
      [1, 2, 3],
    );
    await bring(next);
    expect((await on.port.appliance('box-1'))?.journals.map(({ conditions }) => conditions)).toEqual([
      [],
      [],
    ]);
    expect(await doubts()).toEqual([]);
    const said = {
      applianceId: 'box-1',
      serial: 'aa',
      bootId: '00000000-0000-4000-8000-000000000001',
      nowMs,
    };
    expect(await on.port.noteHello({ ...said, journalId: next.journalId, lastSeq: 4 })).toEqual({
      raised: false,
    });
    expect(await on.port.noteHello({ ...said, journalId, lastSeq: 6 })).toEqual({ raised: true });
    expect((await on.port.identity('box-1'))?.conditions).toMatchObject([
      { code: 'identity_in_two_places', detail: expect.stringContaining(journalId) },
    ]);
  });

  it('books first what it received of the older journal, or a void would miss its sale', async () => {
    const sale = checkoutEntry({ totalMinor: 500 });
    append(sale, voidEntry(sale.id));
    await on.hello();
    await on.receive(1, 1);
    const next = goOn({ lost: [{ firstSeq: 1, lastSeq: 1 }] }, [2]);
    const { journalId } = next;
    await on.hello({ journalId, lastSeq: 2, lastHash: next.hashAt(2) });
    await on.receivePayload(await next.payload(1, 2));
    // Journals take turns: whichever would be next.
    await on.bookAll();
    expect(await statesOf(next)).toEqual(['recorded', 'booked']);
    expect(await balances()).toEqual([0n, 0n]);
  });

  it('keeps parked what was parked in its place, though it could be booked later', async () => {
    const asked = pendingEntry('tok_test');
    append(asked, voidEntry(asked.id), decisionEntry(asked.id, 'approved_offline'));
    await bring(on.journal);
    expect(await statesOf(on.journal)).toEqual(['booked', 'checkout_not_approved', 'recorded']);
    const next = goOn({}, [1, 2, 3]);
    await bring(next);
    expect(await statesOf(next)).toEqual(['recorded', 'known', 'known', 'known']);
    expect(await on.port.document(asked.id)).toMatchObject([{ voidedBy: null }]);
  });

  it('books in its place what was parked out of it, once the whole journal is handed over, and parks nothing twice', async () => {
    const sale = checkoutEntry({ totalMinor: 500 });
    append(checkoutEntry({ totalMinor: 100 }), sale, voidEntry(sale.id));
    on.journal.append(Buffer.from('{'));
    await bring(on.journal, 1);
    const next = goOn({ lost: [{ firstSeq: 2, lastSeq: 2 }] }, [1, 3, 4]);
    await bring(next);
    expect(await statesOf(next)).toEqual(['recorded', 'known', 'checkout_unknown', 'entry_unreadable']);
    expect(await handOver(2, 4)).toEqual({ kind: 'stored', receivedThrough: 4, entries: 3 });
    await on.bookAll();
    expect(await statesOf(on.journal)).toEqual(['booked', 'booked', 'booked', 'known']);
    expect(await balances()).toEqual([-100n, 100n]);
    expect(await doubts()).toEqual(['lost 2-2 found']);
    expect(await handOver(1, 4)).toEqual({ kind: 'repeated', receivedThrough: 4 });
  });

  it('takes from a file only what goes on from its receipt, and from no other box', async () => {
    on.sell(6);
    await bring(on.journal, 2);
    expect(await handOver(4, 6)).toEqual({ kind: 'gap', receivedThrough: 2 });
    expect(await handOver(3, 6, { previousHash: Buffer.alloc(32) })).toEqual({ kind: 'diverged' });
    const changed = [...on.journal.bodies.slice(2, 5), bytesOf(checkoutEntry())];
    expect(await handOver(3, 6, { bodies: changed })).toEqual({ kind: 'diverged' });
    expect(await handOver(3, 6, { applianceId: 'box-9' })).toEqual({ kind: 'appliance_unknown' });
    const another = createTestJournal('box-2', privateKey);
    await on.hello({ applianceId: 'box-2', journalId: another.journalId });
    expect(await handOver(1, 6, { applianceId: 'box-2' })).toEqual({
      kind: 'of_another',
      applianceId: 'box-1',
    });
    // Under a name that nobody has: what is in it is known all the same.
    const hidden = { applianceId: 'box-2', journalId: another.journalId };
    expect(await handOver(1, 6, hidden)).toEqual({ kind: 'of_another', applianceId: 'box-1' });
    expect(await handOver(3, 6)).toEqual({ kind: 'stored', receivedThrough: 6, entries: 4 });
  });

  it('lets a person settle what is in doubt, once', async () => {
    on.sell(3);
    await bring(on.journal, 1);
    await bring(goOn({ lost: [{ firstSeq: 2, lastSeq: 2 }] }, [1, 3]));
    const said = { number: 1, reason: 'the drawer was shut', evidence: 'ticket 7' };
    expect(await on.port.settleDoubt({ ...said, number: 9 }, by)).toEqual({ kind: 'doubt_unknown' });
    expect(await on.port.settleDoubt(said, by)).toMatchObject({
      kind: 'settled',
      doubt: { state: 'settled', reason: said.reason, evidence: said.evidence, endedBy: by.actor },
    });
    expect((await on.port.settleDoubt(said, by)).kind).toBe('ended_already');
    expect((await on.port.appliance('box-1'))?.journals.flatMap(({ conditions }) => conditions)).toEqual([]);
    const { items } = await on.port.auditRecords({
      action: 'doubt.settle',
      about: null,
      cursor: null,
      limit: 9,
    });
    expect(items).toMatchObject([{ about: 'appliance box-1', detail: { firstSeq: 2, reason: said.reason } }]);
  });
}
