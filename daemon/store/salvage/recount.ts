// What the documents of a journal have come to, counted anew from the entries that are carried over; what entries do not tell,
// such as the bytes of a request and central's word, is taken from the damaged file where it can be read.
import type { Database } from 'better-sqlite3';
import { FulfilmentStep } from '../../../contract/checkout.ts';
import type { DecisionEntry, DocumentEntry, Entry } from '../../../contract/entry.ts';
import { OutcomeKind } from '../../../contract/verdict.ts';
import { idBytes, isDocument, openDocuments, unknownRequest } from '../documents.ts';
import { endsExposure } from '../feed.ts';
import { openGivenBack } from '../given-back.ts';
import { orNull } from './readable.ts';
import { recountRisk } from './recount-risk.ts';
import { sparingMemory } from './sparing.ts';

export interface Recount {
  /** Counts one carried entry, in their order. @param before its seq in the old journal */
  add(entry: Entry, seq: number, before: number): void;
  /** After the last one. @param riskTotals also counts what cards and kiosks bought */
  end(riskTotals: boolean): void;
  /** Documents that were carried over, and of which the file could not tell what central had said. */
  readonly unread: number;
}

type OldRow = Record<string, unknown>;

/**
 * @param old the damaged file; null where SQLite cannot open it
 * @param lastNotCarried the highest seq of the old journal that is not carried over; what was decided there is not known
 */
export function openRecount(old: Database | null, db: Database, lastNotCarried: number): Recount {
  const documents = openDocuments(db);
  const givenBack = openGivenBack(db);
  const oldDocument =
    old && orNull(() => old.prepare<[Buffer], OldRow>('SELECT * FROM document WHERE id = ?'));
  const oldAsked =
    old && orNull(() => old.prepare<[Buffer], OldRow>('SELECT * FROM asked WHERE checkout_id = ?'));
  const rowOf = (id: Buffer) => (oldDocument && orNull(() => oldDocument.get(id))) ?? null;
  const askedOf = (id: Buffer) => (oldAsked && orNull(() => oldAsked.get(id))) ?? null;
  const insertAsked = db.prepare(
    'INSERT OR IGNORE INTO asked (checkout_id, late, wait_ms, boot_id, monotonic_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const setDecided = db.prepare(
    'UPDATE asked SET decision_seq = ? WHERE checkout_id = ? AND decision_seq IS NULL',
  );
  const dropAsked = db.prepare('DELETE FROM asked WHERE checkout_id = ?');
  const doubt = db.prepare('INSERT OR IGNORE INTO document_in_doubt (id, seq) VALUES (?, ?)');
  const setExposed = db.prepare('UPDATE document SET exposed_minor = ? WHERE id = ?');
  /** Pending, and no decision has come by yet; with their seq in the old journal. */
  const pending = new Map<string, { id: Buffer; before: number; decided: boolean | null }>();
  let unread = 0;

  return {
    get unread() {
      return unread;
    },
    add(entry, seq, before) {
      if (entry.kind === 'decision') addDecision(entry, seq);
      else if (isDocument(entry)) addDocument(entry, seq, before);
    },
    end(riskTotals) {
      for (const { id, before, decided } of pending.values()) {
        // What became of it was written in an entry that is not there: it is not decided a second time.
        if (decided ?? before < lastNotCarried) {
          doubt.run(id, before);
          dropAsked.run(id);
          setExposed.run(0, id);
        }
      }
      documents.save();
      keepOldEffects();
      if (riskTotals) recountRisk(db, documents);
    },
  };

  function addDocument(entry: DocumentEntry, seq: number, before: number): void {
    const id = idBytes(entry.id);
    // Some journals of before hold an id twice; the first is the one that was answered.
    if (documents.find(id)) return;
    const row = rowOf(id);
    if (row === null) unread++;
    const money = moneyOf(entry);
    const outcome = OutcomeKind.safeParse(row?.outcome).data ?? null;
    documents.insert({
      id,
      seq,
      requestHash:
        Buffer.isBuffer(row?.request_hash) && row.request_hash.length === 32
          ? row.request_hash
          : unknownRequest,
      kind: entry.kind,
      verdict: entry.verdict,
      ...money,
      exposedMinor: exposedBy(entry, row, money.totalMinor, before),
      elapsedMs: wholeOrNull(row?.elapsed_ms),
    });
    if (outcome !== null) {
      const now = documents.find(id);
      documents.setOutcome(id, outcome, wholeOrNull(row?.outcome_at_ms) ?? 0, now?.exposedMinor ?? 0);
    }
    if (entry.kind !== 'checkout' && entry.verdict === 'approved_offline') applyTo(entry, id);
  }

  function exposedBy(entry: DocumentEntry, row: OldRow | null, totalMinor: number, before: number): number {
    if (entry.kind !== 'checkout') return 0;
    if (entry.verdict === 'pending')
      return askedFor(idBytes(entry.id), row, before) === 'approve_offline' ? totalMinor : 0;
    return entry.verdict === 'approved_offline' && !ended(row) ? totalMinor : 0;
  }

  /** Remembers a pending checkout as the old file did; where it does not tell, nobody waits and it is refused in time. */
  function askedFor(id: Buffer, row: OldRow | null, before: number): string {
    const asked = askedOf(id);
    const late = asked?.late === 'approve_offline' ? 'approve_offline' : 'refuse';
    const { wait_ms: wait, boot_id: boot, monotonic_ms: at } = asked ?? {};
    insertAsked.run(
      id,
      late,
      wholeOrNull(wait) ?? 0,
      typeof boot === 'string' ? boot : '',
      wholeOrNull(at) ?? 0,
    );
    const decided = asked ? asked.decision_seq !== null : row ? row.verdict !== 'pending' : null;
    pending.set(id.toString('hex'), { id, before, decided });
    return late;
  }

  function addDecision(entry: DecisionEntry, seq: number): void {
    const id = idBytes(entry.checkoutId);
    const document = documents.find(id);
    // Its checkout is not among what was carried over.
    if (document?.verdict !== 'pending') return;
    const approved = entry.verdict === 'approved_offline';
    documents.decide(document, entry.verdict, approved && !ended(rowOf(id)) ? document.totalMinor : 0);
    setDecided.run(seq, id);
    pending.delete(id.toString('hex'));
  }

  function applyTo(entry: Exclude<DocumentEntry, { kind: 'checkout' }>, id: Buffer): void {
    switch (entry.kind) {
      case 'void':
        documents.markVoided(idBytes(entry.checkoutId), id);
        return;
      case 'fulfilment':
        documents.setFulfilment(idBytes(entry.checkoutId), entry.fulfilment.step);
        return;
      case 'refund': {
        const { refund } = entry;
        if (!('checkoutId' in refund)) return;
        const checkoutId = idBytes(refund.checkoutId);
        documents.addRefund(checkoutId, refund.totalMinor ?? 0);
        const lines = (refund.lines ?? []).map((line) => ({ ...line, totalMinor: line.totalMinor ?? 0 }));
        givenBack.add(checkoutId, lines);
      }
    }
  }

  /** What an entry did that is not carried over, where its checkout's row tells: nothing is given back a second time. */
  function keepOldEffects(): void {
    const keep = db.prepare(
      `UPDATE document SET refunded_minor = max(refunded_minor, ?), voided_by = coalesce(voided_by, ?),
         exposed_minor = CASE WHEN coalesce(voided_by, ?) IS NULL THEN exposed_minor ELSE 0 END, fulfilment = ?
       WHERE id = ?`,
    );
    for (const id of checkouts(db)) {
      const row = rowOf(id);
      const now = documents.find(id);
      if (!row || !now) continue;
      const voidedBy = Buffer.isBuffer(row.voided_by) && row.voided_by.length === 16 ? row.voided_by : null;
      const step = laterStep(now.fulfilment, FulfilmentStep.safeParse(row.fulfilment).data ?? null);
      keep.run(wholeOrNull(row.refunded_minor) ?? 0, voidedBy, voidedBy, step, id);
    }
    const back = db.prepare(
      `INSERT INTO given_back (checkout_id, line, quantity, minor) SELECT ?, ?, ?, ?
       WHERE EXISTS (SELECT 1 FROM document WHERE id = ?)
       ON CONFLICT DO UPDATE SET quantity = max(quantity, excluded.quantity), minor = max(minor, excluded.minor)`,
    );
    eachRow(old, 'given_back', ({ checkout_id: id, line, quantity, minor }) => {
      const numbers = [line, quantity, minor].map(wholeOrNull);
      if (Buffer.isBuffer(id) && !numbers.includes(null)) back.run(id, ...numbers, id);
    });
    // Taken in the other journal, and neither answered from there nor taken anew.
    const orphan = db.prepare(
      `INSERT OR IGNORE INTO document_in_doubt (id, seq) SELECT ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM document WHERE id = ?)`,
    );
    eachRow(old, 'document', ({ id, seq }) => {
      const known = wholeOrNull(seq);
      if (Buffer.isBuffer(id) && id.length === 16 && known !== null) orphan.run(id, known, id);
    });
    eachRow(old, 'document_in_doubt', ({ id, seq }) => {
      if (Buffer.isBuffer(id) && id.length === 16) orphan.run(id, wholeOrNull(seq) ?? 0, id);
    });
  }
}

function ended(row: OldRow | null): boolean {
  const outcome = OutcomeKind.safeParse(row?.outcome);
  return outcome.success && endsExposure(outcome.data);
}

function moneyOf(entry: DocumentEntry): { currency: string | null; totalMinor: number } {
  if (entry.kind === 'checkout') {
    return { currency: entry.checkout.currency, totalMinor: entry.checkout.totalMinor };
  }
  if (entry.kind !== 'refund') return { currency: null, totalMinor: 0 };
  return { currency: entry.refund.currency ?? null, totalMinor: entry.refund.totalMinor ?? 0 };
}

function laterStep(one: FulfilmentStep | null, other: FulfilmentStep | null): FulfilmentStep | null {
  const ends = (step: FulfilmentStep | null) => (step === null ? 0 : step.endsWith('picked') ? 1 : 2);
  return ends(other) > ends(one) ? other : one;
}

const checkoutsAtOnce = 256;

/** A few at a time: the connection that reads them also writes. */
function* checkouts(db: Database): Generator<Buffer> {
  const after = db
    .prepare<[Buffer, number], Buffer>(
      "SELECT id FROM document WHERE id > ? AND kind = 'checkout' ORDER BY id LIMIT ?",
    )
    .pluck();
  const took = sparingMemory();
  let ids = after.all(Buffer.alloc(0), checkoutsAtOnce);
  for (let last = ids.at(-1); last; last = ids.at(-1)) {
    yield* ids;
    took(ids.length);
    ids = after.all(last, checkoutsAtOnce);
  }
}

/** From both ends, up to a damaged page. */
function eachRow(old: Database | null, table: string, take: (row: OldRow) => void): void {
  if (!old) return;
  const took = sparingMemory();
  const all = (order: string) =>
    orNull(() => {
      for (const row of old.prepare<[], OldRow>(`SELECT * FROM ${table}${order}`).iterate()) {
        take(row);
        took();
      }
      return true;
    });
  if (all('') || table === 'given_back') return;
  all(' ORDER BY id DESC');
}

function wholeOrNull(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
}
