// What a store shows to operators and audits: every row once, and no guess where two are meant.
import { expect, it } from 'vitest';
import type { LedgerPort } from '../port.ts';
import { nowMs, type OnTrial } from './trial.ts';

export function describeReading(on: OnTrial): void {
  const { hello, receive, sell, bookAll } = on;

  it('makes the first API key only', async () => {
    expect(await on.port.ensureFirstKey(Buffer.alloc(32, 1), nowMs)).toBe(true);
    expect(await on.port.ensureFirstKey(Buffer.alloc(32, 2), nowMs)).toBe(false);
    const judged = async (byte: number) =>
      (await on.port.admitKey({ hash: Buffer.alloc(32, byte), from: '127.0.0.1', nowMs })).kind;
    expect([await judged(1), await judged(2)]).toEqual(['admitted', 'unknown']);
  });

  it('pages through everything once', async () => {
    sell(5);
    await hello();
    await receive(1, 5);
    await bookAll();
    const seqs: number[] = [];
    let cursor: number | null = null;
    do {
      const filter = { kind: 'checkout' as const, applianceId: 'box-1', cursor, limit: 2 };
      const page: Awaited<ReturnType<LedgerPort['documents']>> = await on.port.documents(filter);
      seqs.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seqs).toEqual([5, 4, 3, 2, 1]);
    const first = await on.port.movements({ cursor: null, limit: 3 });
    const second = await on.port.movements({ cursor: first.nextCursor, limit: 3 });
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(second.nextCursor).toBeNull();
  });

  it('does not guess whose journal is meant', async () => {
    const { journalId } = on.journal;
    const ask = (applianceId: string | null) =>
      on.port.entries({ journalId, applianceId, after: 0, limit: 10 });
    expect(await ask(null)).toBeNull();
    await hello();
    expect(await ask(null)).toEqual([]);
    await hello({ applianceId: 'box-2' });
    expect(await ask(null)).toBe('ambiguous');
    expect(await ask('box-2')).toEqual([]);
  });
}
