// Any journal, any part of it received, any salvage that carries any of it, and a salvage of that in turn: the books are those of
// one journal that holds what came in, each entry once (I5), and no token is charged a second time (I13).
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Entry, SeqRange } from '../../contract/entry.ts';
import { unreachable } from '../../kit/assert.ts';
import { worldRouting } from '../charging/fixtures/random-world.ts';
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
} from '../fixtures/entries.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../fixtures/journal.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';

const { privateKey, publicKeyDer } = testKeys();
const runs = Number(process.env.HOLDFAST_RUNS ?? 100);
const nowMs = 1_795_000_000_000;

const kinds = [
  'sale',
  'refused',
  'pending',
  'decide',
  'void',
  'refund',
  'unlinked',
  'step',
  'again',
  'garbage',
] as const;
interface Act {
  kind: (typeof kinds)[number];
  /** Which of the checkouts before it is about. */
  about: number;
  minor: number;
}
const acts = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), about: fc.nat(5), minor: fc.integer({ min: 1, max: 900 }) }),
  { minLength: 1, maxLength: 24 },
);
/** How much of a journal is received, and which of its entries the file has lost when it is salvaged. */
const fate = fc.record({ received: fc.nat(100), lost: fc.array(fc.nat(24), { maxLength: 8 }) });
const worlds = fc.record({
  ...{
    acts,
    first: fate,
    second: fc.option(fate),
    piece: fc.integer({ min: 1, max: 7 }),
    collects: fc.boolean(),
  },
  handedOver: fc.boolean(),
});

function bodiesOf(done: readonly Act[]): Buffer[] {
  const checkouts: Entry[] = [];
  const sold = (entry: Entry) => {
    checkouts.push(entry);
    return entry;
  };
  return done.map(({ kind, about, minor }, i) => {
    const checkout = checkouts.at(-1 - (about % Math.max(1, checkouts.length)));
    const id = checkout?.id ?? checkoutEntry().id;
    switch (kind) {
      case 'sale':
        return bytesOf(sold(checkoutEntry({ totalMinor: minor, slip: i + 1 })));
      case 'refused':
        return bytesOf(checkoutEntry({ totalMinor: minor, verdict: 'refused' }));
      case 'pending':
        return bytesOf(sold(pendingEntry(about % 2 ? 'tok_decline' : 'tok_test', minor)));
      case 'decide':
        return bytesOf(decisionEntry(id, about % 2 ? 'approved_offline' : 'refused'));
      case 'void':
        return bytesOf(voidEntry(id));
      case 'refund':
        return bytesOf(refundEntry(id, minor));
      case 'unlinked':
        return bytesOf(unlinkedRefundEntry(minor));
      case 'step':
        return bytesOf(fulfilmentEntry(id, { step: about % 2 ? 'picked' : 'handed_over' }));
      case 'again':
        return bytesOf(checkoutEntry({ id, totalMinor: minor }));
      case 'garbage':
        return Buffer.from(`{"number":${i}`);
      default:
        return unreachable(kind);
    }
  });
}

function journalOf(bodies: readonly Buffer[]): TestJournal {
  const journal = createTestJournal('box-1', privateKey);
  journal.append(...bodies);
  return journal;
}

function goOn(from: TestJournal, lostSeqs: ReadonlySet<number>): TestJournal {
  const lost: SeqRange[] = [...lostSeqs]
    .sort((a, b) => a - b)
    .map((seq) => ({ firstSeq: seq, lastSeq: seq }));
  const carried = from.bodies.filter((_, i) => !lostSeqs.has(i + 1));
  const said = { fromJournalId: from.journalId, lastSeq: from.lastSeq(), carried: carried.length, lost };
  return journalOf([bytesOf(salvageEntry(said)), ...carried]);
}

const seqsOf = (journal: TestJournal, { lost }: { lost: number[] }) =>
  new Set(lost.map((n) => n + 1).filter((seq) => seq <= journal.lastSeq()));
const partOf = (journal: TestJournal, { received }: { received: number }) =>
  Math.round((journal.lastSeq() * received) / 100);

const folder = temporaryFolder();
const opened = (routing: object): { db: Database.Database; store: SqliteStore } => {
  const db = openDatabase(join(folder.path, `${Object.keys(routing).length}.db`));
  return { db, store: createSqliteStore(db, routing) };
};
let declared: ReturnType<typeof opened>;
let charging: ReturnType<typeof opened>;
beforeAll(() => {
  declared = opened({});
  charging = opened({ routing: worldRouting });
});
afterAll(() => {
  declared.store.close();
  charging.store.close();
  folder.remove();
});

interface Brought {
  journal: TestJournal;
  through: number;
  payload: Buffer | null;
}
const brought = async (journal: TestJournal, through: number): Promise<Brought> => ({
  ...{ journal, through, payload: through === 0 ? null : await journal.payload(1, through) },
});

class RolledBack extends Error {}

/** What is in the books once all of it was received and booked, in a transaction that is taken back. */
function booksOf(
  { db, store }: ReturnType<typeof opened>,
  part: { brought: readonly Brought[]; piece: number; handedOver?: TestJournal },
) {
  let books: object = {};
  const bookAll = () => {
    while (store.bookPiece(part.piece, nowMs).more);
  };
  try {
    store.transaction(() => {
      for (const { journal, through, payload } of part.brought) {
        const said = {
          journalId: journal.journalId,
          lastSeq: journal.lastSeq(),
          lastHash: journal.hashAt(journal.lastSeq()),
        };
        const facts = {
          applianceId: 'box-1',
          publicKey: publicKeyDer,
          feedId: null,
          appliedThrough: 0,
          release: 't',
        };
        store.hello({ ...facts, ...said, nowMs });
        if (payload) store.receive({ applianceId: 'box-1', payload, nowMs });
        // Sometimes a journal has not been booked when the next one comes.
        if (through % 2 === 0) bookAll();
      }
      bookAll();
      books = found(db, store);
      if (part.handedOver) handOver({ db, store }, part.handedOver, bookAll);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return books;
}

function found(db: Database.Database, store: SqliteStore): object {
  expect(checkLedger(db).failures).toEqual([]);
  const all = (sql: string) => db.prepare(sql).all();
  return {
    accounts: store.accounts(),
    documents:
      all(`SELECT id, kind, verdict, state, total_minor, checkout_id, refunded_minor, voided_by, fulfilment
      FROM document ORDER BY id`),
    decisions: all('SELECT id, checkout_id, verdict, state FROM decision ORDER BY id'),
    movements: all(`SELECT reason, group_concat(account || amount_minor) AS lines FROM movement
      JOIN posting ON posting.movement_id = movement.id GROUP BY movement.id ORDER BY movement.id`),
    parked: all('SELECT reason, document_id FROM parked ORDER BY reason, document_id'),
    told: all('SELECT CAST(body AS TEXT) AS told FROM feed WHERE body IS NOT NULL ORDER BY position'),
    collections: all('SELECT checkout_id, wanted, state, due_ms FROM collection ORDER BY checkout_id'),
    answers: all('SELECT checkout_id, answer FROM authorisation ORDER BY checkout_id'),
  };
}

/** The rest of the first journal after all, from a file: nothing is in doubt any more, and the books are whole. */
function handOver({ db, store }: ReturnType<typeof opened>, journal: TestJournal, bookAll: () => void): void {
  const by = { actor: { kind: 'central', rule: 'test' } as const, nowMs };
  const through =
    store.journalEnds('box-1')?.find((end) => end.journalId === journal.journalId)?.receivedThrough ?? 0;
  if (through === journal.lastSeq()) return;
  const hash = (seq: number) => Buffer.from(journal.hashAt(seq), 'hex');
  const run = { firstSeq: through + 1, previousHash: hash(through), lastHash: hash(journal.lastSeq()) };
  const bodies = journal.bodies.slice(through);
  const taken = store.importRun({ applianceId: 'box-1', journalId: journal.journalId, ...run, bodies }, by);
  expect(taken.kind).toBe('stored');
  bookAll();
  expect(checkLedger(db).failures).toEqual([]);
  const { items } = store.doubts({ state: 'open', applianceId: null, cursor: null, limit: 100 });
  expect(items.filter((doubt) => doubt.journalId === journal.journalId)).toEqual([]);
}

it('keeps the books of what came in, whatever journal brought it', {
  timeout: 60_000 + runs * 500,
}, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ acts: done, first, second, piece, collects, handedOver }) => {
      const at = collects ? charging : declared;
      const one = journalOf(bodiesOf(done));
      const two = goOn(one, seqsOf(one, first));
      const three = second && goOn(two, seqsOf(two, second));
      const received = [
        await brought(one, partOf(one, first)),
        await brought(two, second ? partOf(two, second) : two.lastSeq()),
        ...(three ? [await brought(three, three.lastSeq())] : []),
      ];
      const came = new Set(received.flatMap(({ journal, through }) => journal.bodies.slice(0, through)));
      const union = journalOf(one.bodies.filter((body) => came.has(body)));
      const expected = booksOf(at, { brought: [await brought(union, union.lastSeq())], piece: 100 });
      const books = booksOf(at, { brought: received, piece, ...(handedOver && { handedOver: one }) });
      expect(books).toEqual(expected);
    }),
    { numRuns: runs },
  );
});
