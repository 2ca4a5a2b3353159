// Synthetic checkouts at central: taken once, told back, and nothing of the books moves, however many there are.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bytesOf,
  checkoutEntry,
  refundEntry,
  salvageEntry,
  syntheticEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { createTestJournal } from '../../fixtures/journal.ts';
import { byCommand } from '../../people/actor.ts';
import { nowMs, type OnTrial, privateKey } from './trial.ts';

export function describeSynthetics(on: OnTrial): void {
  const { hello, receive, receivePayload, bookAll, states, feedOf } = on;

  /** Everything that has a figure in it. */
  const books = async () => {
    const page = { cursor: null, limit: 1000 };
    return {
      accounts: await on.port.accounts(),
      movements: await on.port.movements(page),
      documents: await on.port.documents({ kind: null, applianceId: null, ...page }),
      charges: await on.port.collections({ state: null, applianceId: null, ...page }),
    };
  };
  const book = async (body: Buffer) => {
    on.journal.append(body);
    await receive(on.journal.lastSeq(), on.journal.lastSeq());
    await bookAll();
  };

  it('takes a synthetic checkout once, tells its appliance so, and shows it as what it is', async () => {
    const entry = syntheticEntry();
    await hello();
    await book(bytesOf(entry));
    expect(await states()).toEqual(['recorded']);
    expect(await feedOf('box-1')).toEqual([
      { kind: 'outcome', id: entry.id, outcome: 'booked', atMs: nowMs },
    ]);
    const view = {
      applianceId: 'box-1',
      seq: 1,
      by: 'schedule',
      verdict: 'approved_offline',
      bookedMs: nowMs,
    };
    expect(await on.port.synthetic(entry.id)).toMatchObject({ id: entry.id, ...view });
    expect(await on.port.synthetics({ applianceId: 'box-1', limit: 10 })).toHaveLength(1);
    expect(await on.port.synthetics({ applianceId: 'box-2', limit: 10 })).toEqual([]);
    expect(await on.port.document(entry.id)).toEqual([]);
  });

  it('leaves every balance, movement, document and charge as it was, wherever one stands among sales', async () => {
    const kinds = fc.array(fc.constantFrom('sale', 'void', 'refund', 'synthetic', 'same id'), {
      minLength: 30,
      maxLength: 30,
    });
    await hello();
    let sale = checkoutEntry({ totalMinor: 700 });
    for (const kind of fc.sample(kinds, { numRuns: 2, seed: 61 }).flat()) {
      const before = await books();
      if (kind === 'sale') {
        sale = checkoutEntry({ totalMinor: 700 });
        await book(bytesOf(sale));
      } else if (kind === 'void') await book(bytesOf(voidEntry(sale.id)));
      else if (kind === 'refund') await book(bytesOf(refundEntry(sale.id, 100)));
      else {
        await book(bytesOf(syntheticEntry(kind === 'same id' ? { id: sale.id } : {})));
        expect(await books()).toEqual(before);
      }
    }
    expect((await on.port.synthetics({ applianceId: null, limit: 100 })).length).toBeGreaterThan(10);
    expect((await on.port.accounts()).length).toBeGreaterThan(0);
  });

  it('knows one again that a journal brings which goes on from a damaged one', async () => {
    const body = bytesOf(syntheticEntry());
    await hello();
    await book(body);
    const next = createTestJournal('box-1', privateKey);
    const { journalId: fromJournalId } = on.journal;
    const goesOn = salvageEntry({ fromJournalId, receivedThrough: 1, lastSeq: 1, carried: 1 });
    next.append(bytesOf(goesOn), body);
    await hello({ journalId: next.journalId, lastSeq: 2, lastHash: next.hashAt(2) });
    await receivePayload(await next.payload(1, 2));
    await bookAll();
    const of = { journalId: next.journalId, applianceId: null, after: 0, limit: 9 };
    expect(await on.port.entries(of)).toMatchObject([{ state: 'recorded' }, { state: 'known' }]);
    expect(await on.port.synthetics({ applianceId: null, limit: 9 })).toHaveLength(1);
  });

  it('asks an appliance for one by its feed', async () => {
    await hello();
    const asked = { id: randomUUID(), untilMs: nowMs + 60_000 };
    expect(await on.port.askSynthetic({ applianceId: 'box-1', ...asked }, byCommand())).toBe(true);
    expect(await feedOf('box-1')).toEqual([{ kind: 'synthetic', ...asked }]);
    expect(await on.port.askSynthetic({ applianceId: 'nobody', ...asked }, byCommand())).toBe(false);
  });

  it('asks an appliance’s doctor once, however many people ask at the same time', async () => {
    await hello();
    const of = (name: string, atMs: number) => ({
      actor: { kind: 'person', name, role: 'support', from: '::1' } as const,
      nowMs: atMs,
    });
    const wish = () => ({ applianceId: 'box-1', id: randomUUID(), untilMs: nowMs + 60_000, cameId: null });
    expect(await on.port.doctorAsked('box-1')).toBeNull();
    const first = await on.port.askDoctor(wish(), of('ann', nowMs));
    expect(await on.port.askDoctor(wish(), of('ben', nowMs + 5)), 'is told what is awaited').toEqual(first);
    expect(await feedOf('box-1')).toEqual([{ kind: 'doctor', id: first?.id, untilMs: first?.untilMs }]);
    const later = { ...wish(), untilMs: nowMs + 90_000 };
    const again = await on.port.askDoctor({ ...later, cameId: first?.id ?? '' }, of('ben', nowMs + 10));
    expect(again, 'the first one came').toMatchObject({ id: later.id, by: { name: 'ben' } });
    expect(await on.port.doctorAsked('box-1')).toEqual(again);
    expect(await feedOf('box-1')).toHaveLength(2);
    const inTime = await on.port.askDoctor(wish(), of('ann', later.untilMs));
    expect(inTime?.askedMs, 'the second one never came').toBe(later.untilMs);
    expect(await on.port.askDoctor({ ...wish(), applianceId: 'nobody' }, of('ann', nowMs))).toBeNull();
  });
}
