// The journal: every entry this appliance accepted, in order. An entry is in force once the batch that holds it commits.
import type { Database } from 'better-sqlite3';
import type { EntryKind } from '../../contract/entry.ts';
import { chainHash, chainHashThrough, genesisHash } from '../../contract/hash.ts';
import { limits } from '../../contract/limits.ts';
import { assert } from '../../kit/assert.ts';
import type { EntryRun } from './commands.ts';

export interface NewEntry {
  kind: EntryKind;
  /** 16 bytes; null for a refund without a checkout. */
  checkoutId: Buffer | null;
  body: Buffer;
  wallMs: number;
}

export interface Journal {
  readonly lastSeq: number;
  readonly lastHash: Buffer;
  /** Appends with the next seq (I3) and returns it. */
  append(entry: NewEntry): number;
  /** The body of one entry. */
  body(seq: number): Buffer | null;
  /** The chain hash at seq; the genesis hash at 0; null when the journal does not hold it. */
  hashAt(seq: number): Buffer | null;
  /** The entries after `afterSeq`, at most so many and, unless one alone is larger, so many bytes. */
  run(afterSeq: number, itemsMax: number, bytesMax: number): Omit<EntryRun, 'journalId'> | null;
  /** Forgets what a rolled back transaction appended. */
  reload(): void;
}

interface EntryRow {
  seq: number;
  body: Buffer;
  hash: Buffer;
}

export function openJournal(db: Database): Journal {
  const insert = db.prepare(
    'INSERT INTO entry (seq, kind, checkout_id, body, hash, wall_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const last = db.prepare<[], { seq: number; hash: Buffer }>(
    'SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1',
  );
  const one = db.prepare<[number], EntryRow>('SELECT seq, body, hash FROM entry WHERE seq = ?');
  const bodiesAfter = db
    .prepare<[number, number], Buffer>('SELECT body FROM entry WHERE seq > ? ORDER BY seq LIMIT ?')
    .pluck();

  const load = () => last.get() ?? { seq: 0, hash: genesisHash };
  let head = load();

  const hashAt = (seq: number) => (seq === 0 ? genesisHash : (one.get(seq)?.hash ?? null));
  return {
    get lastSeq() {
      return head.seq;
    },
    get lastHash() {
      return head.hash;
    },
    append({ kind, checkoutId, body, wallMs }) {
      assert(body.length <= limits.entryBytesMax, `an entry of ${body.length} bytes is above the limit`);
      const seq = head.seq + 1;
      const hash = chainHash(head.hash, seq, body);
      insert.run(seq, kind, checkoutId, body, hash, wallMs);
      head = { seq, hash };
      return seq;
    },
    body: (seq) => one.get(seq)?.body ?? null,
    hashAt,
    run(afterSeq, itemsMax, bytesMax) {
      const bodies: Buffer[] = [];
      let bytes = 0;
      for (const body of bodiesAfter.iterate(afterSeq, itemsMax)) {
        bytes += body.length + 1;
        if (bodies.length > 0 && bytes > bytesMax) break;
        bodies.push(body);
      }
      if (bodies.length === 0) return null;
      const lastSeq = afterSeq + bodies.length;
      const previous = hashAt(afterSeq);
      const last = hashAt(lastSeq);
      // What is not as it was written never leaves this box. Bodies are counted, not numbered: were one missing, the chain
      // hash at the end would not be theirs either.
      const whole = previous && last && chainHashThrough(previous, afterSeq + 1, bodies).equals(last);
      assert(whole === true, `entries ${afterSeq + 1} to ${lastSeq} follow from each other`);
      return {
        firstSeq: afterSeq + 1,
        lastSeq,
        previousHash: previous.toString('hex'),
        lastHash: last.toString('hex'),
        lines: joinLines(bodies),
      };
    },
    reload() {
      head = load();
    },
  };
}

const newline = 0x0a;

/** The bodies with a newline between them: an ArrayBuffer of its own, so that it can move to another thread. */
function joinLines(bodies: readonly Buffer[]): Uint8Array {
  const length = bodies.reduce((sum, body) => sum + body.length + 1, -1);
  const lines = new Uint8Array(length);
  let at = 0;
  for (const body of bodies) {
    if (at > 0) lines[at++] = newline;
    lines.set(body, at);
    at += body.length;
  }
  return lines;
}
