import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bytesOf,
  checkoutEntry,
  fulfilmentEntry,
  refundEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { describeLedgerStore } from '../conformance/suite.ts';
import { checkLedger } from './check.ts';
import { portOver } from './direct-port.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore } from './store.ts';

const state = { folder: temporaryFolder() };
const path = () => join(state.folder.path, 'central.db');

describeLedgerStore('SQLite', {
  async prepare() {
    state.folder = temporaryFolder();
  },
  async open() {
    const store = openStoreAt(path());
    return { port: portOver(store), close: async () => store.close() };
  },
  remove: async () => state.folder.remove(),
});

describe('the SQLite store', () => {
  const { privateKey, publicKeyDer } = testKeys();
  const nowMs = 1_795_000_000_000;
  beforeEach(() => {
    state.folder = temporaryFolder();
  });
  afterEach(() => state.folder.remove());

  const meet = (store: ReturnType<typeof openStoreAt>, journalId: string) =>
    store.transaction(() =>
      store.hello({
        applianceId: 'box-1',
        publicKey: publicKeyDer,
        journalId,
        lastSeq: 0,
        lastHash: '0'.repeat(64),
        feedId: null,
        appliedThrough: 0,
        release: 'test',
        nowMs,
      }),
    );

  it('keeps a balance beyond 2^53 to the last minor unit', async () => {
    const db = openDatabase(path());
    const store = createSqliteStore(db);
    const balance = 9_007_199_254_740_993n;
    db.prepare('INSERT INTO account VALUES (?, ?, ?), (?, ?, ?)').run(
      ...['receivable:customer', 'GBP', balance, 'payable:payee:house', 'GBP', -balance],
    );
    const journal = createTestJournal('box-1', privateKey);
    journal.append(bytesOf(checkoutEntry({ totalMinor: 3_000_000_001 })));
    meet(store, journal.journalId);
    const payload = await journal.payload(1, 1);
    store.transaction(() => store.receive({ applianceId: 'box-1', payload, nowMs }));
    store.transaction(() => store.bookPiece(10, nowMs));
    const sum = balance + 3_000_000_001n;
    expect(store.accounts().map(({ balanceMinor }) => balanceMinor)).toEqual([-sum, sum]);
    store.close();
  });

  it('books each entry once although the disk was full in the middle of a piece', async () => {
    const db = openDatabase(path());
    const store = createSqliteStore(db);
    const journal = createTestJournal('box-1', privateKey);
    for (let i = 0; i < 400; i++) journal.append(bytesOf(checkoutEntry({ totalMinor: 10 })));
    meet(store, journal.journalId);
    const payload = await journal.payload(1, 400);
    store.transaction(() => store.receive({ applianceId: 'box-1', payload, nowMs }));
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 8}`);
    expect(() => store.transaction(() => store.bookPiece(400, nowMs))).toThrow(/full/);
    db.pragma('max_page_count = 1000000');
    while (store.transaction(() => store.bookPiece(100, nowMs)).more);
    expect(checkLedger(db)).toMatchObject({ movements: 400, failures: [] });
    store.close();
  });

  it('lets no code edit or delete what is history', () => {
    const db = openDatabase(path());
    db.exec("INSERT INTO appliance (id, registered_ms, feed_id) VALUES ('box-1', 0, 'f')");
    db.exec(`INSERT INTO journal (appliance_ref, id, received_through, received_hash) VALUES (1, 'j', 1, zeroblob(32));
      INSERT INTO entry VALUES (1, 1, x'7b7d');
      INSERT INTO movement VALUES (1, 'entry', 1, 1, NULL, 'sale', 0); INSERT INTO posting VALUES (1, 0, 'payable:payee:house', 'GBP', 1);`);
    for (const table of ['entry', 'movement', 'posting']) {
      expect(() => db.exec(`DELETE FROM ${table}`)).toThrow(/never deleted/);
    }
    expect(() => db.exec("UPDATE entry SET body = x'00'")).toThrow(/never edited/);
    expect(() => db.exec('UPDATE posting SET amount_minor = 2')).toThrow(/never edited/);
    expect(() => db.exec('UPDATE journal SET received_through = 0')).toThrow(/only grows/);
    db.close();
  });

  it('does not open a database of another program', () => {
    const db = openDatabase(path());
    db.pragma('application_id = 7');
    db.close();
    expect(() => openDatabase(path())).toThrow(/another program/);
  });

  /** What a run of trading may do to the store. */
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('sell' as const),
        totalMinor: fc.integer({ min: 1, max: 9999 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), of: fc.nat(20) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('refund' as const),
        of: fc.nat(20),
        totalMinor: fc.integer({ min: 1, max: 9999 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('unlinked' as const),
        totalMinor: fc.integer({ min: 1, max: 999 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fulfil' as const),
        of: fc.nat(20),
        step: fc.constantFrom('picked' as const, 'handed_over' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), of: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'garbage' as const }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), back: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('book' as const), entries: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'crash while booking' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  );

  it('keeps the ledger whole over any trading, repeats and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const folder = temporaryFolder();
        const file = join(folder.path, 'central.db');
        const on = { store: openStoreAt(file) };
        const journal = createTestJournal('box-1', privateKey);
        meet(on.store, journal.journalId);
        const sales: string[] = [];
        const sale = (at: number) => sales[at % Math.max(1, sales.length)] ?? checkoutEntry().id;
        const send = async (back: number) => {
          const view = on.store.appliance('box-1')?.journals[0];
          const firstSeq = Math.max(1, (view?.receivedThrough ?? 0) + 1 - back);
          if (firstSeq > journal.lastSeq()) return;
          const payload = await journal.payload(firstSeq, journal.lastSeq());
          on.store.transaction(() => on.store.receive({ applianceId: 'box-1', payload, nowMs }));
        };
        for (const one of steps) {
          switch (one.do) {
            case 'sell': {
              const entry = checkoutEntry({ totalMinor: one.totalMinor });
              sales.push(entry.id);
              journal.append(bytesOf(entry));
              break;
            }
            case 'void':
              journal.append(bytesOf(voidEntry(sale(one.of))));
              break;
            case 'refund':
              journal.append(bytesOf(refundEntry(sale(one.of), one.totalMinor)));
              break;
            case 'fulfil':
              journal.append(bytesOf(fulfilmentEntry(sale(one.of), { step: one.step })));
              break;
            case 'unlinked':
              journal.append(bytesOf(unlinkedRefundEntry(one.totalMinor)));
              break;
            case 'repeat':
              journal.append(bytesOf(checkoutEntry({ id: sale(one.of) })));
              break;
            case 'garbage':
              journal.append(Buffer.from('{'));
              break;
            case 'send':
              await send(one.back);
              break;
            case 'book':
              on.store.transaction(() => on.store.bookPiece(one.entries, nowMs));
              break;
            case 'crash while booking':
              expect(() =>
                on.store.transaction(() => {
                  on.store.bookPiece(3, nowMs);
                  throw new Error('power lost');
                }),
              ).toThrow('power lost');
              break;
            case 'restart':
              on.store.close();
              on.store = openStoreAt(file);
              break;
          }
        }
        await send(0);
        while (on.store.transaction(() => on.store.bookPiece(5, nowMs)).more);
        const states = on.store.entries({
          journalId: journal.journalId,
          applianceId: null,
          after: 0,
          limit: 1000,
        });
        on.store.close();
        const db = openDatabase(file);
        const report = checkLedger(db);
        db.close();
        folder.remove();
        expect(report.failures).toEqual([]);
        expect(states).toHaveLength(journal.lastSeq());
      }),
      { numRuns: 40 },
    );
  });
});
