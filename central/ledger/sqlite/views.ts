// What operators and audits read: pages by cursor, sums without rounding.
import type Database from 'better-sqlite3';
import { traceIdOf } from '../../../contract/trace.ts';
import { present } from '../../../kit/assert.ts';
import { hopsOf } from '../../latency/hops.ts';
import type { LatencyTable } from '../../latency/sqlite/latency.ts';
import type { Page } from '../page.ts';
import type { LedgerCalls } from '../port.ts';
import type { AccountName } from '../postings.ts';
import { readEntry } from '../read-entry.ts';
import { saidInEntry } from '../said-in-entry.ts';
import type {
  AccountView,
  ApplianceView,
  DocumentRow,
  EntryView,
  JournalView,
  MovementView,
  NamedCondition,
  ParkedView,
} from '../views.ts';

export type Views = Pick<
  LedgerCalls,
  | 'appliances'
  | 'appliance'
  | 'documents'
  | 'document'
  | 'accounts'
  | 'movements'
  | 'parked'
  | 'entries'
  | 'ping'
  | 'selfCheck'
>;

interface ApplianceFields {
  ref: number;
  id: string;
  site: string | null;
  release: string | null;
  lastHeardMs: number | null;
  feedId: string;
  head: number;
  appliedThrough: number;
}

interface JournalFields {
  journalId: string;
  receivedThrough: number;
  bookedThrough: number;
  condition: 'history_diverged' | null;
  sinceMs: number | null;
  goesOnFrom: string | null;
  doubtsSinceMs: number | null;
}

type DocumentFields = DocumentRow & { ref: number; journalRef: number; applianceRef: number };
type MovementFields = Omit<MovementView, 'postings'>;

const applianceColumns = `ref, id, site, release, last_heard_ms AS lastHeardMs, feed_id AS feedId, feed_head AS head,
  applied_through AS appliedThrough`;
const documentColumns = `document.ref, document.appliance_ref AS applianceRef, appliance.id AS applianceId,
  document.journal_ref AS journalRef, journal.id AS journalId, document.seq, document.id, document.kind,
  document.verdict, document.state, document.currency, document.total_minor AS totalMinor,
  document.checkout_id AS checkoutId, document.slip, document.refunded_minor AS refundedMinor, document.fulfilment,
  document.voided_by AS voidedBy, document.at_ms AS atMs, document.booked_ms AS bookedMs
  FROM document JOIN appliance ON appliance.ref = document.appliance_ref
  JOIN journal ON journal.ref = document.journal_ref`;
export const movementColumns = `movement.id, movement.source, appliance.id AS applianceId, journal.id AS journalId,
  movement.seq, movement.source_ref AS sourceRef, movement.reason, movement.booked_ms AS bookedMs
  FROM movement LEFT JOIN journal ON journal.ref = movement.journal_ref
  LEFT JOIN appliance ON appliance.ref = journal.appliance_ref`;

/** Above every rowid: the cursor before the newest. */
const newest = Number.MAX_SAFE_INTEGER;

export function createViews(db: Database.Database, latency: Pick<LatencyTable, 'arrivalOf'>): Views {
  const applianceById = db.prepare<[string], ApplianceFields>(
    `SELECT ${applianceColumns} FROM appliance WHERE id = ?`,
  );
  const appliances = db.prepare<[number, number], ApplianceFields>(
    `SELECT ${applianceColumns} FROM appliance WHERE ref > ? ORDER BY ref LIMIT ?`,
  );
  const journals = db.prepare<[number], JournalFields>(
    `SELECT id AS journalId, received_through AS receivedThrough, booked_through AS bookedThrough, condition,
       condition_since_ms AS sinceMs,
       (SELECT origin.id FROM salvage JOIN journal AS origin ON origin.ref = salvage.from_journal_ref
         WHERE salvage.journal_ref = journal.ref ORDER BY salvage.seq LIMIT 1) AS goesOnFrom,
       (SELECT min(since_ms) FROM doubt WHERE doubt.journal_ref = journal.ref AND state = 'open'
         AND doubt.appliance_ref = journal.appliance_ref) AS doubtsSinceMs
     FROM journal WHERE appliance_ref = ? ORDER BY ref`,
  );
  const documentsById = db.prepare<[string], DocumentFields>(
    `SELECT ${documentColumns} WHERE document.id = ? ORDER BY document.ref`,
  );
  const referring = db.prepare<[string, number], { journalRef: number; seq: number }>(
    'SELECT journal_ref AS journalRef, seq FROM document WHERE checkout_id = ? AND appliance_ref = ? ORDER BY ref',
  );
  const decisions = db.prepare<[string, number], { journalRef: number; seq: number }>(
    'SELECT journal_ref AS journalRef, seq FROM decision WHERE checkout_id = ? AND appliance_ref = ?',
  );
  const movementOf = db.prepare<[number, number], MovementFields>(
    // why the source: by it the index of an entry's movement is found.
    `SELECT ${movementColumns} WHERE movement.source = 'entry' AND movement.journal_ref = ? AND movement.seq = ?`,
  );
  const movements = db.prepare<[number, number], MovementFields>(
    `SELECT ${movementColumns} WHERE movement.id > ? ORDER BY movement.id LIMIT ?`,
  );
  const postings = db.prepare<[number], { account: AccountName; currency: string; amountMinor: number }>(
    'SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id = ? ORDER BY line',
  );
  const accounts = db
    .prepare<[], AccountView>(
      'SELECT name, currency, balance_minor AS balanceMinor FROM account ORDER BY name, currency',
    )
    .safeIntegers();
  const parked = db.prepare<[number, number, number], ParkedView & { journalRef: number }>(
    `SELECT parked.journal_ref AS journalRef, appliance.id AS applianceId, journal.id AS journalId, parked.seq,
       parked.reason, parked.document_id AS documentId, parked.kind, parked.parked_ms AS parkedMs
     FROM parked JOIN journal ON journal.ref = parked.journal_ref
     JOIN appliance ON appliance.ref = journal.appliance_ref
     WHERE (parked.journal_ref, parked.seq) > (?, ?) ORDER BY parked.journal_ref, parked.seq LIMIT ?`,
  );
  const journalsById = db.prepare<
    { journalId: string; applianceId: string | null },
    { ref: number; applianceId: string; journalId: string }
  >(
    `SELECT journal.ref, appliance.id AS applianceId, journal.id AS journalId
     FROM journal JOIN appliance ON appliance.ref = journal.appliance_ref
     WHERE journal.id = @journalId AND (@applianceId IS NULL OR appliance.id = @applianceId)`,
  );
  const entries = db.prepare<
    { journalRef: number; after: number; limit: number },
    Omit<EntryView, 'applianceId' | 'journalId'>
  >(
    `SELECT seq, id AS documentId, kind, verdict, currency, total_minor AS totalMinor, state, NULL AS reason
       FROM document WHERE journal_ref = @journalRef AND seq > @after
     UNION ALL
     SELECT seq, id, 'decision', verdict, currency, total_minor, state, NULL
       FROM decision WHERE journal_ref = @journalRef AND seq > @after
     UNION ALL
     SELECT seq, document_id, kind, NULL, NULL, NULL, 'parked', reason
       FROM parked WHERE journal_ref = @journalRef AND seq > @after
     UNION ALL
     SELECT seq, id, 'salvage', NULL, NULL, NULL, 'recorded', NULL
       FROM salvage WHERE journal_ref = @journalRef AND seq > @after
     UNION ALL
     SELECT seq, id, 'synthetic', verdict, NULL, NULL, 'recorded', NULL
       FROM synthetic WHERE journal_ref = @journalRef AND seq > @after
     UNION ALL
     SELECT seq, document_id, kind, NULL, NULL, NULL, 'known', NULL
       FROM known WHERE journal_ref = @journalRef AND seq > @after
     ORDER BY seq LIMIT @limit`,
  );
  const body = db
    .prepare<[number, number], Buffer>('SELECT body FROM entry WHERE journal_ref = ? AND seq = ?')
    .pluck();
  const ping = db.prepare<[], number>('SELECT 1').pluck();

  const withJournals = (row: ApplianceFields): ApplianceView => ({
    id: row.id,
    site: row.site,
    release: row.release,
    lastHeardMs: row.lastHeardMs,
    journals: journals.all(row.ref).map(journalView),
    feed: { feedId: row.feedId, head: row.head, appliedThrough: row.appliedThrough },
  });
  const withPostings = (row: MovementFields): MovementView => ({ ...row, postings: postings.all(row.id) });

  /** From the entry itself: what it says, when it was made and whose trace it is; one of an older release may not be read. */
  const entryOf = ({ journalRef, seq, id, atMs, bookedMs }: DocumentFields) => {
    const { entry } = readEntry(present(body.get(journalRef, seq), 'its entry'));
    const traceId = entry !== null && 'traceId' in entry ? entry.traceId : undefined;
    const at = entry?.at ?? { wallMs: atMs, monotonicMs: 0, bootId: '' };
    const hops = hopsOf(at, latency.arrivalOf(journalRef, seq), bookedMs);
    return { ...saidInEntry(entry), traceId: traceIdOf({ id, traceId }), hops };
  };

  return {
    appliances({ cursor, limit }) {
      const rows = appliances.all(cursor ?? 0, limit + 1);
      return page(rows, limit, (row) => row.ref, withJournals);
    },
    appliance(id) {
      const row = applianceById.get(id);
      return row ? withJournals(row) : null;
    },
    documents({ kind, applianceId, cursor, limit }) {
      const applianceRef = applianceId === null ? null : (applianceById.get(applianceId)?.ref ?? 0);
      const conditions = ['document.ref < @before'];
      if (kind !== null) conditions.push('document.kind = @kind');
      if (applianceRef !== null) conditions.push('document.appliance_ref = @applianceRef');
      const rows = db
        .prepare<[object], DocumentFields>(
          `SELECT ${documentColumns} WHERE ${conditions.join(' AND ')} ORDER BY document.ref DESC LIMIT @rows`,
        )
        .all({ before: cursor ?? newest, rows: limit + 1, kind, applianceRef });
      return page(rows, limit, (row) => row.ref, documentRow);
    },
    document(id) {
      return documentsById.all(id).map((row) => {
        const sources = [
          row,
          ...decisions.all(row.id, row.applianceRef),
          ...referring.all(row.id, row.applianceRef),
        ];
        const found = sources.flatMap(({ journalRef, seq }) => movementOf.all(journalRef, seq));
        return { ...documentRow(row), movements: found.map(withPostings), ...entryOf(row) };
      });
    },
    accounts: () => accounts.all(),
    movements({ cursor, limit }) {
      const rows = movements.all(cursor ?? 0, limit + 1);
      return page(rows, limit, (row) => row.id, withPostings);
    },
    parked({ limit, journalRefAfter, seqAfter }) {
      const rows = parked.all(journalRefAfter, seqAfter, limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map(({ journalRef: _, ...view }) => view),
        next: last ? { journalRefAfter: last.journalRef, seqAfter: last.seq } : null,
      };
    },
    entries({ journalId, applianceId, after, limit }) {
      const [journal, another] = journalsById.all({ journalId, applianceId });
      if (!journal) return null;
      if (another) return 'ambiguous';
      const source = { applianceId: journal.applianceId, journalId };
      return entries.all({ journalRef: journal.ref, after, limit }).map((row) => ({ ...source, ...row }));
    },
    ping: () => ping.get() === 1,
    selfCheck() {
      // Set to what it is, the number of the schema still makes SQLite write its page, and the commit sync it.
      db.pragma(`user_version = ${db.pragma('user_version', { simple: true })}`);
      return true;
    },
  };
}

/** A page of at most `limit` of the rows, of which one more than that was read. */
function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => number,
  view: (row: Row) => Item,
): Page<Item> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(view), nextCursor: last ? cursorOf(last) : null };
}

function journalView({ condition, sinceMs, doubtsSinceMs, ...view }: JournalFields): JournalView {
  const conditions: NamedCondition[] = [];
  if (condition !== null && sinceMs !== null) conditions.push({ code: condition, sinceMs });
  if (doubtsSinceMs !== null) conditions.push({ code: 'journal_salvaged', sinceMs: doubtsSinceMs });
  return { ...view, conditions };
}

function documentRow({ ref: _, journalRef: __, applianceRef: ___, ...row }: DocumentFields): DocumentRow {
  return row;
}
