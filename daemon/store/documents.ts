// What each document has come to: its verdict, its outcome, and the memory that answers a repeated request (I2).
import type { Database } from 'better-sqlite3';
import type { FulfilmentStep } from '../../contract/checkout.ts';
import type { DocumentEntry, DocumentKind, Entry } from '../../contract/entry.ts';
import type { OutcomeKind, VerdictKind } from '../../contract/verdict.ts';

export interface DocumentRow {
  id: Buffer;
  seq: number;
  requestHash: Buffer;
  kind: DocumentKind;
  verdict: VerdictKind;
  currency: string | null;
  totalMinor: number;
  exposedMinor: number;
  /** The site's elapsed time when it was accepted; null for those of an older release. */
  elapsedMs: number | null;
  outcome: OutcomeKind | null;
  outcomeAtMs: number | null;
  voidedBy: Buffer | null;
  refundedMinor: number;
  /** The last step of a checkout's fulfilment; null before the first. */
  fulfilment: FulfilmentStep | null;
}

/** After a salvage: what a request's bytes were is not known any more, and its id alone says that it is the same. */
export const unknownRequest: Buffer = Buffer.alloc(32);

export type NewDocument = Pick<
  DocumentRow,
  'id' | 'seq' | 'requestHash' | 'kind' | 'verdict' | 'currency' | 'totalMinor' | 'exposedMinor' | 'elapsedMs'
>;

interface Tally {
  kind: string;
  verdict: string;
  documents: number;
}

export interface Documents {
  find(id: Buffer): DocumentRow | null;
  insert(document: NewDocument): void;
  /** A pending checkout has been decided; `exposedMinor` is what it still adds to the exposure. */
  decide(document: DocumentRow, verdict: VerdictKind, exposedMinor: number): void;
  /** Marks a checkout as voided; it adds to the exposure no longer. */
  markVoided(id: Buffer, by: Buffer): void;
  addRefund(id: Buffer, minor: number): void;
  setFulfilment(id: Buffer, step: FulfilmentStep): void;
  /** The latest word of central; `exposedMinor` is what still counts as exposure after it. */
  setOutcome(id: Buffer, outcome: OutcomeKind, atMs: number, exposedMinor: number): void;
  /** Documents of this journal as "kind verdict" → how many. */
  tallies(): Record<string, number>;
  /** Writes the tallies that changed; called once, before COMMIT. */
  save(): void;
  /** Forgets what a rolled back transaction counted. */
  reload(): void;
}

const columns = `id, seq, request_hash AS requestHash, kind, verdict, currency, total_minor AS totalMinor,
  exposed_minor AS exposedMinor, elapsed_ms AS elapsedMs, outcome, outcome_at_ms AS outcomeAtMs, voided_by AS voidedBy,
  refunded_minor AS refundedMinor, fulfilment`;

export function openDocuments(db: Database): Documents {
  const find = db.prepare<[Buffer], DocumentRow>(`SELECT ${columns} FROM document WHERE id = ?`);
  const insert = db.prepare(
    `INSERT INTO document (id, seq, request_hash, kind, verdict, currency, total_minor, exposed_minor, elapsed_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const saveTally = db.prepare('INSERT OR REPLACE INTO tally (kind, verdict, documents) VALUES (?, ?, ?)');
  const setDecided = db.prepare('UPDATE document SET verdict = ?, exposed_minor = ? WHERE id = ?');
  const markVoided = db.prepare('UPDATE document SET voided_by = ?, exposed_minor = 0 WHERE id = ?');
  const addRefund = db.prepare('UPDATE document SET refunded_minor = refunded_minor + ? WHERE id = ?');
  const setFulfilment = db.prepare('UPDATE document SET fulfilment = ? WHERE id = ?');
  const setOutcome = db.prepare(
    'UPDATE document SET outcome = ?, outcome_at_ms = ?, exposed_minor = ? WHERE id = ?',
  );
  const selectTallies = db.prepare<[], Tally>('SELECT kind, verdict, documents FROM tally');

  const load = () => new Map(selectTallies.all().map((tally) => [`${tally.kind} ${tally.verdict}`, tally]));
  let tallies = load();
  let counted = new Set<Tally>();
  const count = (kind: DocumentKind, verdict: VerdictKind, by = 1) => {
    const key = `${kind} ${verdict}`;
    const tally = tallies.get(key) ?? { kind, verdict, documents: 0 };
    tally.documents += by;
    tallies.set(key, tally);
    counted.add(tally);
  };
  return {
    find: (id) => find.get(id) ?? null,
    insert(d) {
      const { id, seq, requestHash, kind, verdict, currency, totalMinor, exposedMinor, elapsedMs } = d;
      insert.run(id, seq, requestHash, kind, verdict, currency, totalMinor, exposedMinor, elapsedMs);
      count(kind, verdict);
    },
    decide({ id, kind, verdict: before }, verdict, exposedMinor) {
      setDecided.run(verdict, exposedMinor, id);
      count(kind, before, -1);
      count(kind, verdict);
    },
    markVoided: (id, by) => void markVoided.run(by, id),
    addRefund: (id, minor) => void addRefund.run(minor, id),
    setFulfilment: (id, step) => void setFulfilment.run(step, id),
    setOutcome: (id, outcome, atMs, exposedMinor) => void setOutcome.run(outcome, atMs, exposedMinor, id),
    tallies: () => Object.fromEntries([...tallies].map(([key, { documents }]) => [key, documents])),
    save() {
      for (const { kind, verdict, documents } of counted) saveTally.run(kind, verdict, documents);
      counted.clear();
    },
    reload() {
      tallies = load();
      counted = new Set();
    },
  };
}

/** Whether an entry is a document of a kiosk, which has a row here: what the appliance wrote by itself has none. */
export function isDocument(entry: Entry): entry is DocumentEntry {
  return entry.kind !== 'decision' && entry.kind !== 'salvage' && entry.kind !== 'synthetic';
}

/** A UUID's text as the 16 bytes it is stored in. */
export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function idText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
