// Finds the identical entry that was taken before from another journal of the same appliance, whatever became of it: a
// journal that goes on from another one brings what that one brought (I5).
import type Database from 'better-sqlite3';
import type { Source } from '../../ledger/sqlite/books.ts';

export interface Twin {
  journalRef: number;
  seq: number;
}

export interface TwinTable {
  /** Whether the appliance has another journal at all: else no entry of it has a twin. */
  mayHave(applianceRef: number): boolean;
  /** The document of that id, with the same bytes. */
  document(source: Source, id: string, body: Uint8Array): Twin | null;
  decision(source: Source, checkoutId: string, body: Uint8Array): Twin | null;
  salvage(source: Source, id: string, body: Uint8Array): Twin | null;
  synthetic(source: Source, id: string, body: Uint8Array): Twin | null;
  /**
   * One that was parked. What was parked in a journal that goes on from this one was out of its place there, where entries
   * before it were lost: `inPlace` leaves those out, so that the original is given its own try.
   */
  parked(source: Source, id: string | null, body: Uint8Array, inPlace: boolean): Twin | null;
  note(source: Source, twin: Twin, named: { id: string | null; kind: string | null }): void;
}

type Asked = {
  applianceRef: number;
  journalRef: number;
  id: string | null;
  body: Uint8Array;
  inPlace?: number;
};

export function createTwinTable(db: Database.Database): TwinTable {
  const several = db
    .prepare<[number], number>('SELECT count(*) > 1 FROM journal WHERE appliance_ref = ?')
    .pluck();
  const sameBytes =
    'JOIN entry ON entry.journal_ref = one.journal_ref AND entry.seq = one.seq AND entry.body = @body';
  const document = db.prepare<Asked, Twin>(
    `SELECT one.journal_ref AS journalRef, one.seq FROM document AS one ${sameBytes}
     WHERE one.id = @id AND one.appliance_ref = @applianceRef AND one.journal_ref <> @journalRef`,
  );
  const decision = db.prepare<Asked, Twin>(
    `SELECT one.journal_ref AS journalRef, one.seq FROM decision AS one ${sameBytes}
     WHERE one.checkout_id = @id AND one.appliance_ref = @applianceRef AND one.journal_ref <> @journalRef`,
  );
  const salvage = db.prepare<Asked, Twin>(
    `SELECT one.journal_ref AS journalRef, one.seq FROM salvage AS one
     JOIN journal ON journal.ref = one.journal_ref AND journal.appliance_ref = @applianceRef ${sameBytes}
     WHERE one.id = @id AND one.journal_ref <> @journalRef`,
  );
  const synthetic = db.prepare<Asked, Twin>(
    `SELECT one.journal_ref AS journalRef, one.seq FROM synthetic AS one ${sameBytes}
     WHERE one.id = @id AND one.appliance_ref = @applianceRef AND one.journal_ref <> @journalRef LIMIT 1`,
  );
  // What has no id that could be read is sought among all that was parked so: of a healthy fleet there is none.
  const parked = db.prepare<Asked, Twin>(
    `SELECT one.journal_ref AS journalRef, one.seq FROM parked AS one
     JOIN journal ON journal.ref = one.journal_ref AND journal.appliance_ref = @applianceRef ${sameBytes}
     WHERE one.document_id IS @id AND one.journal_ref <> @journalRef AND NOT (@inPlace AND EXISTS (SELECT 1 FROM salvage
       WHERE salvage.journal_ref = one.journal_ref AND salvage.from_journal_ref = @journalRef))
     LIMIT 1`,
  );
  const insert = db.prepare(
    'INSERT INTO known (journal_ref, seq, of_journal_ref, of_seq, document_id, kind) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const asked = ({ applianceRef, journalRef }: Source, id: string | null, body: Uint8Array): Asked => ({
    ...{ applianceRef, journalRef, id, body },
  });

  return {
    mayHave: (applianceRef) => several.get(applianceRef) === 1,
    document: (source, id, body) => document.get(asked(source, id, body)) ?? null,
    decision: (source, checkoutId, body) => decision.get(asked(source, checkoutId, body)) ?? null,
    salvage: (source, id, body) => salvage.get(asked(source, id, body)) ?? null,
    synthetic: (source, id, body) => synthetic.get(asked(source, id, body)) ?? null,
    parked: (source, id, body, inPlace) =>
      parked.get({ ...asked(source, id, body), inPlace: inPlace ? 1 : 0 }) ?? null,
    note({ journalRef, seq }, twin, { id, kind }) {
      insert.run(journalRef, seq, twin.journalRef, twin.seq, id, kind);
    },
  };
}
