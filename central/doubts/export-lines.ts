// The lines of a file that `holdfast journal export` wrote, as raw bytes: what is between `"entry":` and the last brace is
// the entry as it was hashed. Each is proven by the one before it; what follows from nothing ends the reading.
import { chainHash, genesisHash } from '../../contract/hash.ts';
import { limits } from '../../contract/limits.ts';

export interface ExportedEntry {
  /** As an editor counts. */
  line: number;
  seq: number;
  /** Of the chain, as the file gives it and as it follows. */
  hash: Buffer;
  body: Buffer;
}

export type EndCode = 'line_malformed' | 'seq_missing' | 'entry_altered';
/** Why what stands behind is not taken. */
export interface ReadingEnd {
  line: number;
  code: EndCode;
  /** The one that should have stood there. */
  seq: number;
}

export type Exported = { kind: 'entry'; entry: ExportedEntry } | ({ kind: 'end' } & ReadingEnd);

/** Twice what an entry may be: one that is no text is written escaped. */
const lineBytesMax = 2 * limits.entryBytesMax + 256;
const head = /^\{"seq":(\d{1,15}),"hash":"([0-9a-f]{64})","entry":/;
const headBytesMax = 128;

/**
 * The entries that follow from each other, and how it ended where that was before the end of the file.
 * @param before the hash before the first one; null: not known, and the first one is taken at its word
 */
export async function* provenEntries(
  bytes: AsyncIterable<Uint8Array>,
  before: (firstSeq: number) => Uint8Array | null,
): AsyncGenerator<Exported> {
  let number = 0;
  let last: { seq: number; hash: Buffer } | null = null;
  for await (const text of linesOf(bytes)) {
    number++;
    const read = text === null ? null : lineOf(text);
    const expected: number = last === null ? (read?.seq ?? 1) : last.seq + 1;
    const ended = (code: EndCode): Exported => ({ kind: 'end', line: number, code, seq: expected });
    if (read === null || (read.seq < expected && last !== null)) return yield ended('line_malformed');
    if (read.seq > expected) return yield ended('seq_missing');
    const previous = last?.hash ?? before(read.seq);
    const body = previous === null ? read.bodies[0] : read.bodies.find((one) => follows(previous, read, one));
    if (body === undefined) return yield ended('entry_altered');
    last = { seq: read.seq, hash: read.hash };
    yield { kind: 'entry', entry: { line: number, ...last, body } };
  }
}

/** What stands before a first entry: known of the very first one alone. */
export function genesisBefore(firstSeq: number): Uint8Array | null {
  return firstSeq === 1 ? genesisHash : null;
}

function follows(previous: Uint8Array, { seq, hash }: { seq: number; hash: Buffer }, body: Buffer): boolean {
  return chainHash(previous, seq, body).equals(hash);
}

/** `bodies`: as it stands, and where that is a JSON text also what it says: an entry that is no JSON is written so. */
function lineOf(text: Buffer): { seq: number; hash: Buffer; bodies: Buffer[] } | null {
  const found = head.exec(text.subarray(0, headBytesMax).toString('latin1'));
  if (!found || text.at(-1) !== 0x7d) return null;
  const [start = '', seq = '', hash = ''] = found;
  const body = text.subarray(start.length, -1);
  const bodies = body[0] === 0x22 ? [body, ...spelt(body)] : [body];
  return body.length === 0 ? null : { seq: Number(seq), hash: Buffer.from(hash, 'hex'), bodies };
}

function spelt(body: Buffer): Buffer[] {
  try {
    return [Buffer.from(String(JSON.parse(body.toString('utf8'))))];
  } catch {
    return [];
  }
}

/** Each line without its break; null where it is longer than any may be, and then nothing more. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer | null> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    let text = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = text.indexOf(0x0a); end !== -1; end = text.indexOf(0x0a)) {
      if (end > 0) yield text.subarray(0, text[end - 1] === 0x0d ? end - 1 : end);
      text = text.subarray(end + 1);
    }
    rest = text;
    if (rest.length > lineBytesMax) return yield null;
  }
  if (rest.length > 0) yield rest;
}
