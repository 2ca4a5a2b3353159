// The store's promises on a real database: I1, I2, I3, I7, I15, and what a refused or broken batch leaves behind.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Entry } from '../../contract/entry.ts';
import { chainHash, genesisHash } from '../../contract/hash.ts';
import { Answer, DocumentPage, DocumentView } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import { reasonHints } from '../../contract/verdict.ts';
import { UnknownSchemaError } from '../../kit/sqlite.ts';
import type { AcceptAnswer, Command } from './commands.ts';
import { openStore } from './store.ts';
import {
  pennies,
  plentyOfSpace,
  policyItem,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
});
afterEach(() => shop.remove());

const accept = (command: Command) => shop.execute(command)[0] as AcceptAnswer;
const answered = (answer: AcceptAnswer | undefined) => {
  if (answer?.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(answer)}`);
  return answer.answer;
};

/** What the file holds, read by a connection of its own. */
function rows<T>(sql: string): T[] {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}
const entries = () => rows<{ seq: number; body: Buffer; hash: Buffer }>('SELECT * FROM entry ORDER BY seq');

describe('a submission', () => {
  it('is answered with what the contract says, and its entry is one the contract knows', () => {
    const answer = answered(accept(submit.checkout(1, pennies(250))));
    expect(Answer.parse(answer)).toEqual({
      id: uuid(1),
      kind: 'checkout',
      seq: 1,
      verdict: 'approved_offline',
      decidedBy: 'appliance',
      reasons: [{ code: 'link_down', hint: reasonHints.link_down }],
      offlineSinceMs: shop.clock.wallMs(),
      slip: 1,
      slipYear: 2026,
      currency: 'GBP',
      totalMinor: 250,
    });
    const [entry] = entries();
    expect(Entry.parse(JSON.parse(String(entry?.body)))).toMatchObject({
      kind: 'checkout',
      id: uuid(1),
      slip: 1,
      checkout: pennies(250),
      judged: [{ sku: 'penny', quantity: 250, totalMinor: 250 }],
    });
  });

  it('carries the three times, the third from when central was heard', () => {
    shop.clock.advance(500);
    accept(submit.checkout(1, pennies(1)));
    shop.ask('centralTime', { aheadOfMonotonicMs: 1_795_000_000_000, uncertaintyMs: 40 });
    shop.clock.setWall(-5);
    accept(submit.checkout(2, pennies(1)));
    const [before, after] = entries().map(({ body }) => Entry.parse(JSON.parse(String(body))).at);
    expect(before).toEqual({ wallMs: 1_790_000_000_500, monotonicMs: 1500, bootId: shop.clock.bootId });
    expect(after).toEqual({
      wallMs: -5,
      monotonicMs: 1500,
      bootId: shop.clock.bootId,
      central: { ms: 1_795_000_001_500, uncertaintyMs: 40 },
    });
  });

  it('waits for a catalogue and a policy, each by its name', () => {
    const empty = temporaryStore([]);
    const [checkout, refund] = [submit.checkout(1, pennies(1)), submit.refund(2, uuid(9), 1)];
    expect(empty.execute(checkout, refund)).toEqual([
      { kind: 'unaccepted', code: 'catalogue_missing' },
      { kind: 'unaccepted', code: 'policy_missing' },
    ]);
    empty.remove();
  });

  it('that refers to a checkout nobody took leaves no entry', () => {
    expect(accept(submit.void(1, uuid(9)))).toEqual({ kind: 'unaccepted', code: 'checkout_not_found' });
    expect(accept(submit.refund(2, uuid(9), 1))).toEqual({ kind: 'unaccepted', code: 'checkout_not_found' });
    expect(entries()).toEqual([]);
  });

  it('as long as a request can be, with the longest names in the catalogue, still fits an entry', () => {
    const longNames = Array.from({ length: limits.linesMax }, (_, i) => ({
      sku: `${'\ud800'.repeat(limits.skuCharsMax - 4)}${String(i).padStart(4, '0')}`,
      gtin: gtin8(i),
      name: '\ud800'.repeat(limits.nameCharsMax),
      price: { priceMinor: 999_999, baseQuantity: 1000 as const },
      offers: [{ price: { priceMinor: 999_998, baseQuantity: 1000 as const }, quantityMin: 1 }],
      sellable: false,
      quantityMax: 1,
      ageMin: 18,
    }));
    for (let at = 0; at < longNames.length; at += 250) {
      const piece = at / 250 + 1;
      shop.feed({ kind: 'catalogue', version: 2, piece, pieces: 4, products: longNames.slice(at, at + 250) });
    }
    const counts = longNames.map(({ sku }) => ({ sku, change: 'set' as const, quantity: 99_999 }));
    shop.feed({ kind: 'stock', changes: counts }, policyItem(2, { discount: { permission: 'allowed' } }));
    const lines = longNames.map(({ gtin }) => ({ gtin, quantity: limits.lineQuantityMax }));
    const discount = { kind: 'share', basisPoints: 5000, by: 'anna', reason: 'old' } as const;
    const checkout = pennies(1, { lines, currency: 'EUR', mode: 'require_online', discount });
    expect(JSON.stringify(checkout).length).toBeLessThan(limits.requestBytesMax);
    expect(answered(accept(submit.checkout(1, checkout))).reasons.length).toBeGreaterThan(4000);
    expect(Entry.parse(JSON.parse(String(entries()[0]?.body)))).toMatchObject({ judged: { length: 1000 } });
    expect(entries()[0]?.body.length).toBeLessThan(limits.entryBytesMax);
  });
});

describe('the same key (I2)', () => {
  it('with the same bytes gets the same answer, for ever and over a restart', () => {
    accept(submit.checkout(1, pennies(250)));
    const all = [
      submit.checkout(2, pennies(99)),
      submit.checkout(3, pennies(5, { currency: 'EUR' })),
      submit.void(4, uuid(1)),
      submit.void(5, uuid(1)),
      submit.refund(6, uuid(2), 9),
    ];
    const first = all.map(accept).map(answered);
    // What happens to a document later does not change what was answered.
    shop.feed({ kind: 'outcome', id: uuid(2), outcome: 'booked', atMs: 5 });
    for (let i = 0; i < 2; i++) {
      expect(all.map(accept).map(answered)).toEqual(first);
      shop.reopen();
    }
    expect(entries()).toHaveLength(6);
  });

  it('with other bytes is a conflict, and nothing is changed', () => {
    accept(submit.checkout(1, pennies(250)));
    accept(submit.void(2, uuid(1)));
    const before = [entries(), rows('SELECT * FROM document'), rows('SELECT * FROM position')];
    const conflict = { kind: 'unaccepted', code: 'idempotency_conflict' };
    expect(accept(submit.checkout(1, pennies(251)))).toEqual(conflict);
    expect(accept(submit.void(1, uuid(1)))).toEqual(conflict);
    expect(accept(submit.void(2, uuid(1), 'another reason'))).toEqual(conflict);
    expect(accept(submit.refund(1, uuid(1), 1))).toEqual(conflict);
    expect([entries(), rows('SELECT * FROM document'), rows('SELECT * FROM position')]).toEqual(before);
  });

  it('twice in one batch is one entry and one answer', () => {
    const checkout = submit.checkout(1, pennies(250));
    const [first, second, other] = shop.execute(checkout, checkout, submit.checkout(1, pennies(1)));
    expect(second).toEqual(first);
    expect(other).toEqual({ kind: 'unaccepted', code: 'idempotency_conflict' });
    expect(entries()).toHaveLength(1);
    expect(shop.ask('status', {}).exposure.totalMinor).toBe(250);
  });

  it('of a refused checkout stays refused when it could be approved now', () => {
    const gone = submit.checkout(1, pennies(1, { lines: [{ sku: 'jam', quantity: 1 }] }));
    const refused = answered(accept(gone));
    expect(refused.verdict).toBe('refused');
    const jam = {
      sku: 'jam',
      name: 'Jam',
      price: { priceMinor: 1, baseQuantity: 1 as const },
      sellable: true,
    };
    shop.feed({ kind: 'catalogue', version: 2, piece: 1, pieces: 1, products: [jam] });
    expect(answered(accept(gone))).toEqual(refused);
  });
});

describe('the journal', () => {
  const whole = () => {
    let hash = genesisHash;
    return entries().every(({ seq, body, hash: kept }, i) => {
      hash = chainHash(hash, seq, body);
      return seq === i + 1 && hash.equals(kept);
    });
  };

  it('has no gap and one chain, over batches, refusals, conflicts and restarts (I3)', () => {
    const step = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }),
      fc.constant('reopen' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const before = shop.ask('position', {});
        for (const one of steps) {
          if (one === 'reopen') shop.reopen();
          // Keys come again, with the same bytes and with others: new, repeated and in conflict.
          else shop.execute(...one.map((n) => submit.checkout(n % 10, pennies(n))));
        }
        const after = shop.ask('position', {});
        expect(after.lastSeq).toBeGreaterThanOrEqual(before.lastSeq);
        expect(after.journalId).toBe(before.journalId);
        expect(after.lastSeq).toBe(entries().length);
        expect(whole()).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses, in the file itself, that an entry is edited or an unreceived one removed (I7)', () => {
    shop.execute(...[1, 2, 3].map((n) => submit.checkout(n, pennies(n))));
    const { journalId } = shop.ask('position', {});
    const hash = String(entries()[0]?.hash.toString('hex'));
    shop.ask('received', { journalId, receivedThrough: 1, hash });
    const db = new BetterSqlite3(join(shop.folder, 'journal.db'));
    expect(() => db.exec(`UPDATE entry SET body = x'00' WHERE seq = 1`)).toThrow('never edited');
    expect(() => db.exec('UPDATE entry SET wall_ms = 0')).toThrow('never edited');
    expect(() => db.exec('DELETE FROM entry WHERE seq = 2')).toThrow('not received');
    expect(() => db.exec('DELETE FROM entry')).toThrow('not received');
    db.exec('DELETE FROM entry WHERE seq = 1');
    db.close();
    expect(entries().map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('is read in runs of so many entries and bytes, and in one of a single larger entry', () => {
    shop.execute(...[1, 2, 3, 4, 5].map((n) => submit.checkout(n, pennies(n))));
    const bodies = entries().map(({ body }) => String(body));
    const position = shop.ask('position', {});
    const run = (afterSeq: number, itemsMax: number, bytesMax: number) => {
      const read = shop.ask('entries', { afterSeq, itemsMax, bytesMax });
      return read && { ...read, lines: Buffer.from(read.lines).toString().split('\n') };
    };
    const hex = (seq: number) => entries()[seq - 1]?.hash.toString('hex');
    expect(run(0, 400, 1e6)).toEqual({
      journalId: position.journalId,
      firstSeq: 1,
      lastSeq: 5,
      previousHash: genesisHash.toString('hex'),
      lastHash: position.lastHash,
      lines: bodies,
    });
    expect(run(1, 2, 1e6)).toMatchObject({ firstSeq: 2, lastSeq: 3, previousHash: hex(1), lastHash: hex(3) });
    expect(run(0, 400, 1)?.lines).toEqual([bodies[0]]);
    const two = (bodies[0]?.length ?? 0) + (bodies[1]?.length ?? 0) + 2;
    expect(run(0, 400, two)?.lines).toHaveLength(2);
    expect(run(0, 400, two - 1)?.lines).toHaveLength(1);
    expect(run(5, 400, 1e6)).toBeNull();
    expect(run(99, 400, 1e6)).toBeNull();
  });

  it('hands out bytes that may move to another thread without taking others along', () => {
    accept(submit.checkout(1, pennies(1)));
    const run = shop.ask('entries', { afterSeq: 0, itemsMax: 9, bytesMax: 1e6 });
    expect(run?.lines.buffer.byteLength).toBe(run?.lines.byteLength);
  });
});

describe('slip numbers (I15)', () => {
  it('have no gap and never come twice, over refusals, voids, refunds, batches and restarts', () => {
    const slips: number[] = [];
    const take = (...batch: Command[]) => {
      for (const answer of shop.execute(...batch) as AcceptAnswer[]) {
        if (answer.kind === 'answered' && answer.answer.slip !== undefined) slips.push(answer.answer.slip);
      }
    };
    take(submit.checkout(1, pennies(5)), submit.checkout(2, pennies(5, { currency: 'EUR' })));
    take(submit.void(3, uuid(1)), submit.checkout(4, pennies(9)), submit.refund(5, uuid(4), 3));
    shop.reopen();
    take(submit.refund(6, uuid(4), 7), submit.checkout(7, pennies(1)));
    expect(slips).toEqual([1, 2, 3, 4]);
  });

  it('begin again with the year of the site, and a clock that is behind reopens none', () => {
    const next = (n: number) => {
      const { slip, slipYear } = answered(accept(submit.checkout(n, pennies(1))));
      return `${slip}/${slipYear}`;
    };
    shop.feed(
      policyItem(2, {
        openingHours: {
          timeZone: 'Europe/Berlin',
          periods: [{ days: ['mon'], from: '00:00', until: '23:59' }],
          untrustedClock: 'sell',
        },
      }),
    );
    shop.clock.setWall(Date.parse('2026-12-31T22:59:00Z'));
    const old = [next(1), next(2)];
    shop.clock.advance(60_000);
    const fresh = [next(3), next(4)];
    shop.reopen();
    shop.clock.setWall(0);
    expect([...old, ...fresh, next(5)]).toEqual(['1/2026', '2/2026', '1/2027', '2/2027', '3/2027']);
    shop.clock.setWall(Date.parse('2028-06-01T00:00:00Z'));
    expect(next(6)).toBe('1/2028');
    // Central knows better; the year that was begun is gone on with all the same.
    const aheadOfMonotonicMs = Date.parse('2027-03-01T00:00:00Z') - shop.clock.monotonicMs();
    shop.ask('centralTime', { aheadOfMonotonicMs, uncertaintyMs: 5 });
    expect(next(7)).toBe('2/2028');
  });

  it('are not used up by a batch that was rolled back', () => {
    accept(submit.checkout(1, pennies(1)));
    // What must never happen: the batch dies half-way, as an assertion would have it.
    const broken = { kind: 'page', beforeSeq: null, itemsMax: 'x' } as unknown as Command;
    expect(() => shop.execute(submit.checkout(2, pennies(2)), broken)).toThrow();
    expect(entries()).toHaveLength(1);
    const status = shop.ask('status', {});
    expect(status.exposure.totalMinor).toBe(1);
    expect(status.verdicts).toEqual({ 'checkout approved_offline': 1 });
    expect(answered(accept(submit.checkout(2, pennies(2))))).toMatchObject({ seq: 2, slip: 2 });
    shop.reopen();
    expect(answered(accept(submit.checkout(3, pennies(2))))).toMatchObject({ seq: 3, slip: 3 });
  });
});

describe('what is shown', () => {
  it('is a document with everything that came later', () => {
    accept(submit.checkout(1, pennies(100)));
    accept(submit.refund(2, uuid(1), 30));
    accept(submit.checkout(3, pennies(5)));
    accept(submit.void(4, uuid(3)));
    shop.feed({ kind: 'outcome', id: uuid(1), outcome: 'booked', atMs: 77 });
    const view = (n: number) => DocumentView.parse(shop.ask('document', { id: uuid(n) }));
    expect(view(1)).toMatchObject({
      outcome: { kind: 'booked', atMs: 77 },
      refundedMinor: 30,
      voidedBy: null,
    });
    expect(view(3)).toMatchObject({ outcome: null, voidedBy: uuid(4), received: false });
    expect(view(4)).toMatchObject({ kind: 'void', checkoutId: uuid(3) });
    expect(shop.ask('document', { id: uuid(99) })).toBeNull();
  });

  it('is every document once, page by page, the newest first', () => {
    shop.execute(...[1, 2, 3, 4, 5, 6, 7].map((n) => submit.checkout(n, pennies(n))));
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const beforeSeq: number | null = cursor === null ? null : Number(cursor);
      const page: DocumentPage = DocumentPage.parse(shop.ask('page', { beforeSeq, itemsMax: 3 }));
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(shop.ask('page', { beforeSeq: null, itemsMax: 7 }).nextCursor).toBeNull();
    expect(shop.ask('page', { beforeSeq: 1, itemsMax: 7 })).toEqual({ items: [], nextCursor: null });
  });

  it('counts documents by verdict, the same after a restart', () => {
    shop.execute(submit.checkout(1, pennies(1)), submit.checkout(2, pennies(1, { currency: 'EUR' })));
    shop.execute(submit.void(3, uuid(1)), submit.checkout(4, pennies(1)));
    const counts = { 'checkout approved_offline': 2, 'checkout refused': 1, 'void approved_offline': 1 };
    expect(shop.ask('status', {}).verdicts).toEqual(counts);
    shop.reopen();
    expect(shop.ask('status', {}).verdicts).toEqual(counts);
  });
});

describe('the file', () => {
  const open = () => openStore({ folder: shop.folder, space: plentyOfSpace, clock: shop.clock });
  const alter = (sql: string) => {
    const db = new BetterSqlite3(join(shop.folder, 'journal.db'));
    db.exec(sql);
    db.close();
  };

  it('of a newer release is refused, and left as it is', () => {
    alter('PRAGMA user_version = 99');
    expect(open).toThrow(UnknownSchemaError);
    expect(open).toThrow('newer release');
    expect(rows('PRAGMA user_version')).toEqual([{ user_version: 99 }]);
  });

  it('of another program is refused', () => {
    alter('PRAGMA application_id = 42');
    expect(open).toThrow('another program');
  });

  it('of a program that marks nothing is refused, and gets no table of ours', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
    const db = new BetterSqlite3(join(folder, 'journal.db'));
    db.exec('CREATE TABLE mine (x)');
    expect(() => openStore({ folder, space: plentyOfSpace, clock: shop.clock })).toThrow('another program');
    expect(db.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['mine']);
    db.close();
    rmSync(folder, { recursive: true });
  });

  it('that is no database is refused, and kept to the byte', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
    const bytes = Buffer.from('this is a letter, and no database '.repeat(400));
    writeFileSync(join(folder, 'journal.db'), bytes);
    expect(() => openStore({ folder, space: plentyOfSpace, clock: shop.clock })).toThrow('not a database');
    expect(readFileSync(join(folder, 'journal.db'))).toEqual(bytes);
    rmSync(folder, { recursive: true });
  });

  it('keeps its identity over restarts, and another file has another', () => {
    const { journalId } = shop.ask('position', {});
    shop.reopen();
    expect(shop.ask('position', {}).journalId).toBe(journalId);
    const other = temporaryStore();
    expect(other.ask('position', {}).journalId).not.toBe(journalId);
    other.remove();
  });

  it('is synced on every commit, as its own connection says before and after the writes (I1)', () => {
    const connections = new Set<BetterSqlite3.Database>();
    const pragma = BetterSqlite3.prototype.pragma;
    const watch = vi.spyOn(BetterSqlite3.prototype, 'pragma').mockImplementation(function (
      this: BetterSqlite3.Database,
      ...args
    ) {
      connections.add(this);
      return pragma.apply(this, args);
    });
    const settings = () =>
      [...connections].map((db) => [
        db.pragma('journal_mode', { simple: true }),
        db.pragma('synchronous', { simple: true }),
      ]);
    try {
      shop.reopen();
      expect(settings()).toEqual([['wal', 2]]);
      for (let n = 1; n <= 50; n++) accept(submit.checkout(n, pennies(1)));
      expect(settings()).toEqual([['wal', 2]]);
    } finally {
      watch.mockRestore();
    }
  });
});

/** The i-th GTIN-8 of the range that shops may use themselves. */
function gtin8(i: number): string {
  const body = `2${String(i).padStart(6, '0')}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
