// A journal handed over as a file: what it holds is stored as if it had been received, and proves itself by its chain. Who
// hands it over signs for where it comes from, for the file carries no signature.
import type Database from 'better-sqlite3';
import { readEntry } from '../../ledger/read-entry.ts';
import type { ApplianceTable } from '../../ledger/sqlite/appliances.ts';
import type { IntakeTable } from '../../ledger/sqlite/intake.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { DoubtCalls, Imported, ImportedRun, JournalEnd } from '../port.ts';
import type { DoubtTable } from './doubts.ts';

export type HandOver = Pick<DoubtCalls, 'journalEnds' | 'importRun' | 'noteImport'>;

export function createHandOver(
  db: Database.Database,
  parts: { appliances: ApplianceTable; intake: IntakeTable; doubts: Pick<DoubtTable, 'found'>; audit: Audit },
): HandOver {
  const { appliances, intake, doubts, audit } = parts;
  const ends = db.prepare<[number], JournalEnd>(
    `SELECT id AS journalId, received_through AS receivedThrough, lower(hex(received_hash)) AS hash
     FROM journal WHERE appliance_ref = ? ORDER BY ref`,
  );
  const ownerOf = db
    .prepare<[string, number], string>(
      `SELECT appliance.id FROM journal JOIN appliance ON appliance.ref = journal.appliance_ref
       WHERE journal.id = ? AND appliance.ref <> ? LIMIT 1`,
    )
    .pluck();
  const holderOf = db
    .prepare<[string, number, Uint8Array], string>(
      `SELECT appliance.id FROM document JOIN appliance ON appliance.ref = document.appliance_ref
       JOIN entry ON entry.journal_ref = document.journal_ref AND entry.seq = document.seq
       WHERE document.id = ? AND document.appliance_ref <> ? AND entry.body = ? LIMIT 1`,
    )
    .pluck();

  /** Whose it is, when it is not this appliance's: the only thing that can be said of one with no receipt at all. */
  function anotherOwner(applianceRef: number, run: ImportedRun): string | null {
    const owner = ownerOf.get(run.journalId, applianceRef);
    if (owner !== undefined) return owner;
    for (const body of run.bodies) {
      const { id } = readEntry(body).named;
      const holder = id === null ? undefined : holderOf.get(id, applianceRef, body);
      if (holder !== undefined) return holder;
    }
    return null;
  }

  return {
    journalEnds(applianceId) {
      const appliance = appliances.find(applianceId);
      return appliance && ends.all(appliance.ref);
    },
    importRun(run, by): Imported {
      const appliance = appliances.find(run.applianceId);
      if (appliance === null) return { kind: 'appliance_unknown' };
      const { ref } = appliance;
      const known = appliances.journal(ref, run.journalId);
      const other = known !== null && known.received_through > 0 ? null : anotherOwner(ref, run);
      if (other !== null) return { kind: 'of_another', applianceId: other };
      const taken = intake.take(ref, runOf(run), { receivedMs: by.nowMs, connectedMs: null });
      switch (taken.kind) {
        case 'received': {
          const { receivedThrough } = taken.position;
          doubts.found(appliances.ensureJournal(ref, run.journalId).ref, receivedThrough, by);
          return { kind: 'stored', receivedThrough, entries: taken.entries };
        }
        case 'repeated':
        case 'gap':
          return { kind: taken.kind, receivedThrough: taken.position.receivedThrough };
        case 'diverged':
        case 'ignored':
          return { kind: 'diverged' };
      }
    },
    noteImport({ applianceId, ...handed }, by) {
      audit(by, 'journal.import', `appliance ${applianceId}`, handed);
    },
  };
}

function runOf({ journalId, firstSeq, previousHash, lastHash, bodies }: ImportedRun) {
  return {
    ...{ journalId, firstSeq, previousHash: Buffer.from(previousHash), lastHash: Buffer.from(lastHash) },
    bodies: bodies.map((body) => Buffer.from(body)),
  };
}
