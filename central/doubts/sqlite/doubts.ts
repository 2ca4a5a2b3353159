// Seqs in doubt as rows: written with the salvage that names them, ended by a file that holds them or by a person.
import type Database from 'better-sqlite3';
import type { SalvageEntry } from '../../../contract/entry.ts';
import { present } from '../../../kit/assert.ts';
import type { ParkReason } from '../../ledger/settle.ts';
import type { ApplianceTable } from '../../ledger/sqlite/appliances.ts';
import type { Source } from '../../ledger/sqlite/books.ts';
import type { Actor, By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import { judgeSalvage, type NewDoubt, type SalvageFacts } from '../judge-salvage.ts';
import type { DoubtCalls, DoubtState, DoubtView } from '../port.ts';

export interface DoubtTable extends Pick<DoubtCalls, 'doubts' | 'doubt' | 'settleDoubt'> {
  /** The first entry of a journal that goes on from another; null when it was taken. Inside the booking's transaction. */
  take(source: Source, entry: SalvageEntry): ParkReason | null;
  /** What was in doubt up to a seq of a journal has been handed over. */
  found(journalRef: number, receivedThrough: number, by: By): void;
  /** A person signs for all that is open of an appliance. */
  signOff(applianceId: string, reason: string, by: By): void;
}

type Row = Omit<DoubtView, 'endedBy'> & { endedBy: string | null };

const columns = `doubt.number, appliance.id AS applianceId, origin.id AS journalId, journal.id AS goesOnIn, doubt.kind,
  doubt.first_seq AS firstSeq, doubt.last_seq AS lastSeq, doubt.state, doubt.since_ms AS sinceMs, doubt.ended_ms AS endedMs,
  doubt.ended_by AS endedBy, doubt.reason, doubt.evidence
  FROM doubt JOIN appliance ON appliance.ref = doubt.appliance_ref JOIN journal ON journal.ref = doubt.journal_ref
  LEFT JOIN journal AS origin ON origin.ref = doubt.from_journal_ref`;

export function createDoubtTable(
  db: Database.Database,
  parts: { appliances: Pick<ApplianceTable, 'ensureJournal' | 'followed'>; audit: Audit; tell: Tell },
): DoubtTable {
  const { appliances, audit, tell } = parts;
  const find = db.prepare<[number], Row>(`SELECT ${columns} WHERE doubt.number = ?`);
  const page = db.prepare<object, Row>(
    `SELECT ${columns} WHERE doubt.number > @after AND (@state IS NULL OR doubt.state = @state)
     AND (@applianceId IS NULL OR appliance.id = @applianceId) ORDER BY doubt.number LIMIT @rows`,
  );
  // A salvage that another one has carried along stands before everything else, like its own.
  const opening = db
    .prepare<{ journalRef: number; seq: number }, number>(
      `SELECT (SELECT count(*) FROM salvage WHERE journal_ref = @journalRef AND seq < @seq)
         + (SELECT count(*) FROM known WHERE journal_ref = @journalRef AND seq < @seq AND kind = 'salvage')`,
    )
    .pluck();
  const applianceIdOf = db.prepare<[number], string>('SELECT id FROM appliance WHERE ref = ?').pluck();
  const journalIdOf = db.prepare<[number], string>('SELECT id FROM journal WHERE ref = ?').pluck();
  const journalsOf = db.prepare<[string], { ref: number; applianceRef: number }>(
    'SELECT ref, appliance_ref AS applianceRef FROM journal WHERE id = ?',
  );
  const saidLastSeq = db
    .prepare<[number], number>('SELECT last_seq FROM journal_claim WHERE journal_ref = ?')
    .pluck();
  const insertSalvage = db.prepare(
    `INSERT INTO salvage (journal_ref, seq, id, from_journal_ref, cause, carried, booked_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insert = db.prepare(
    `INSERT INTO doubt (journal_ref, seq, appliance_ref, from_journal_ref, kind, first_seq, last_seq, state, since_ms)
     VALUES (@journalRef, @seq, @applianceRef, @fromRef, @kind, @firstSeq, @lastSeq,
       CASE @kind WHEN 'unproven' THEN 'booked' ELSE 'open' END, @nowMs)`,
  );
  const end = db.prepare(
    `UPDATE doubt SET state = @state, ended_ms = @nowMs, ended_by = @actor, reason = @reason, evidence = @evidence
     WHERE number = @number AND state = 'open'`,
  );
  const openOfJournal = db
    .prepare<[number, number], number>(
      `SELECT number FROM doubt WHERE from_journal_ref = ? AND last_seq <= ? AND state = 'open'`,
    )
    .pluck();
  const openOfAppliance = db
    .prepare<[string], number>(
      `SELECT number FROM doubt WHERE state = 'open' AND appliance_ref = (SELECT ref FROM appliance WHERE id = ?)`,
    )
    .pluck();

  function endOne(
    number: number,
    state: DoubtState,
    said: { reason?: string; evidence?: string | null },
    by: By,
  ): void {
    const { reason = null, evidence = null } = said;
    end.run({ number, state, nowMs: by.nowMs, actor: JSON.stringify(by.actor), reason, evidence });
    const { applianceId, journalId, kind, firstSeq, lastSeq } = present(table.doubt(number), 'the doubt');
    const about = {
      doubt: number,
      journalId,
      kind,
      firstSeq,
      lastSeq,
      ...(reason !== null && { reason, evidence }),
    };
    audit(by, state === 'found' ? 'doubt.find' : 'doubt.settle', `appliance ${applianceId}`, about);
  }

  function factsOf(
    { applianceRef, journalRef, seq }: Source,
    fromId: string | undefined,
  ): SalvageFacts & { fromRef: number | null } {
    const opens = opening.get({ journalRef, seq }) === seq - 1;
    const nothing = { opens, receivedThrough: 0, saidLastSeq: 0, fromRef: null };
    if (fromId === undefined) return { ...nothing, from: 'none' };
    const named = journalsOf.all(fromId);
    const own = named.find((one) => one.applianceRef === applianceRef);
    if (own?.ref === journalRef) return { ...nothing, from: 'itself' };
    if (!own && named.length > 0) return { ...nothing, from: 'another' };
    // One that central never heard of: the box was never connected while it wrote it.
    const { ref, received_through: receivedThrough } = appliances.ensureJournal(applianceRef, fromId);
    return {
      ...nothing,
      from: own ? 'own' : 'unknown',
      receivedThrough,
      saidLastSeq: saidLastSeq.get(ref) ?? 0,
      fromRef: ref,
    };
  }

  function tellSalvaged(source: Source, entry: SalvageEntry, doubts: readonly NewDoubt[]): void {
    const applianceId = present(applianceIdOf.get(source.applianceRef), 'the appliance');
    const journalId = present(journalIdOf.get(source.journalRef), 'the journal');
    const about = {
      ...{
        journalId,
        fromJournalId: entry.fromJournalId ?? null,
        cause: entry.cause,
        carried: entry.carried,
      },
      doubts: doubts.slice(0, toldMax),
      doubtsCount: doubts.length,
    };
    const by: By = { actor: { kind: 'central', rule: 'salvage' }, nowMs: source.nowMs };
    audit(by, 'journal.salvage', `appliance ${applianceId}`, about);
    tell('appliance.journal_salvaged', `appliance ${applianceId}`, { applianceId, ...about }, source.nowMs);
  }

  const table: DoubtTable = {
    take(source, entry) {
      const { fromRef, ...facts } = factsOf(source, entry.fromJournalId);
      const judged = judgeSalvage(entry, facts);
      if (judged.kind === 'parked') return judged.reason;
      const { applianceRef, journalRef, seq, nowMs } = source;
      insertSalvage.run(journalRef, seq, entry.id, fromRef, entry.cause, entry.carried, nowMs);
      for (const doubt of judged.doubts)
        insert.run({ ...doubt, journalRef, seq, applianceRef, fromRef, nowMs });
      if (fromRef !== null) appliances.followed(fromRef);
      tellSalvaged(source, entry, judged.doubts);
      return null;
    },
    found(journalRef, receivedThrough, by) {
      for (const number of openOfJournal.all(journalRef, receivedThrough)) endOne(number, 'found', {}, by);
    },
    signOff(applianceId, reason, by) {
      for (const number of openOfAppliance.all(applianceId)) endOne(number, 'settled', { reason }, by);
    },
    doubts({ state, applianceId, cursor, limit }) {
      const rows = page.all({ state, applianceId, after: cursor ?? 0, rows: limit + 1 });
      const items = rows.slice(0, limit).map(view);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    doubt(number) {
      const row = find.get(number);
      return row ? view(row) : null;
    },
    settleDoubt({ number, reason, evidence }, by) {
      const doubt = table.doubt(number);
      if (doubt === null) return { kind: 'doubt_unknown' };
      if (doubt.state !== 'open') return { kind: 'ended_already', doubt };
      endOne(number, 'settled', { reason, evidence }, by);
      return { kind: 'settled', doubt: present(table.doubt(number), 'the doubt') };
    },
  };
  return table;
}

/** Ranges that are named where it is told; the table has them all. */
const toldMax = 100;

function view({ endedBy, ...row }: Row): DoubtView {
  return { ...row, endedBy: endedBy === null ? null : (JSON.parse(endedBy) as Actor) };
}
