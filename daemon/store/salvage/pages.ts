// Entries as they lie on the pages of a journal's file and its log, found without SQLite: where the tree above a page is
// damaged, or the file is cut short, SQLite can no longer lead to them. What is found proves itself by the chain.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { createCells } from './cells.ts';
import type { LogFrame, LogFrames } from './log-frames.ts';
import type { StoredEntry } from './readable.ts';

export interface EntryPages {
  /** The highest seq of those found; 0 when there are none. */
  readonly highestSeq: number;
  /** Every reading of an entry that there is, the newest page first. */
  at(seq: number): StoredEntry[];
  close(): void;
}

const leafOfTable = 0x0d;
const pageBytesUsual = 4096;
/** More than a journal of this kind ever holds: a damaged number must not become one that is counted up to. */
const seqPlausibleMax = 2 ** 40;

export function findEntries(path: string, log: LogFrames | null): EntryPages {
  const file = existsSync(path) ? openSync(path, 'r') : null;
  const pageBytes = log?.pageBytes ?? pageBytesOf(file);
  const pages = file === null ? 0 : Math.ceil(fstatSync(file).size / pageBytes);
  const newest = new Map<number, LogFrame>(log?.frames.map((frame) => [frame.page, frame]));
  const cells = createCells();
  let highestSeq = 0;

  const pageAt = (page: number, bytes = Buffer.alloc(pageBytes)): Buffer | null => {
    if (file === null || page < 1) return null;
    const read = readSync(file, bytes, 0, pageBytes, (page - 1) * pageBytes);
    return read === 0 ? null : bytes;
  };
  const frameAt = (frame: LogFrame) => log?.bytes.subarray(frame.at, frame.at + pageBytes) ?? null;
  const bytesOf = (page: number) =>
    page > 0 ? pageAt(page) : frameAt(log?.frames[-page - 1] ?? { page: 0, commits: false, at: 0 });
  const continued = (page: number) => {
    const frame = newest.get(page);
    return frame ? frameAt(frame) : pageAt(page);
  };

  const note = (where: number, bytes: Buffer, first: boolean) => {
    for (const at of cellsOf(bytes, first ? 100 : 0)) {
      const seq = entrySeq(bytes, at);
      if (seq === null) continue;
      highestSeq = Math.max(highestSeq, seq);
      cells.add(seq, { page: where, at });
    }
  };
  // One page after the other in the same memory: nothing of it is kept.
  const looking = Buffer.alloc(pageBytes);
  for (let page = 1; page <= pages; page++) {
    const bytes = pageAt(page, looking);
    if (bytes) note(page, bytes, page === 1);
  }
  log?.frames.forEach((frame, i) => {
    const bytes = frameAt(frame);
    if (bytes) note(-i - 1, bytes, frame.page === 1);
  });

  return {
    highestSeq,
    at: (seq) =>
      cells
        .of(seq)
        .map(({ page, at }) => {
          const bytes = bytesOf(page);
          return bytes && readEntry(bytes, at, continued);
        })
        .filter((entry) => entry !== null),
    close: () => {
      if (file !== null) closeSync(file);
    },
  };
}

function pageBytesOf(file: number | null): number {
  const head = Buffer.alloc(18);
  if (file === null || readSync(file, head, 0, 18, 0) < 18) return pageBytesUsual;
  const said = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  return said >= 512 && (said & (said - 1)) === 0 ? said : pageBytesUsual;
}

/** Where the cells of a leaf of a table begin; none of any other page (section 1.6 of the format). */
function cellsOf(page: Buffer, at: number): number[] {
  if (page[at] !== leafOfTable) return [];
  const count = page.readUInt16BE(at + 3);
  if (at + 8 + count * 2 > page.length) return [];
  return Array.from({ length: count }, (_, i) => page.readUInt16BE(at + 8 + i * 2));
}

/** The shape of the columns of an entry: seq is the row's own number, then kind, checkout_id, body, hash and wall_ms. */
interface Shape {
  seq: number;
  payloadBytes: number;
  /** Where the payload begins in the page. */
  payloadAt: number;
  /** Of the payload. */
  headBytes: number;
  lengths: [kind: number, checkoutId: number, body: number, hash: number, wallMs: number];
}

function shapeOf(page: Buffer, at: number): Shape | null {
  const payload = varint(page, at);
  const seq = payload && varint(page, payload.next);
  const head = seq && varint(page, seq.next);
  if (!payload || !seq || !head || seq.value < 1 || seq.value > seqPlausibleMax) return null;
  const types: number[] = [];
  for (let next = head.next; next < seq.next + head.value; ) {
    const type = varint(page, next);
    if (!type || types.length === 6) return null;
    types.push(type.value);
    next = type.next;
  }
  const [own, kind = 0, checkout = 0, body = 0, hash = 0, wall = 0] = types;
  const entryLike =
    kind >= 13 && kind % 2 === 1 && (checkout === 0 || checkout === 44) && body >= 12 && body % 2 === 0;
  if (types.length !== 6 || own !== 0 || !entryLike || hash !== 76 || wall < 1 || wall > 9) return null;
  const lengths: Shape['lengths'] = [
    (kind - 13) / 2,
    checkout === 0 ? 0 : 16,
    (body - 12) / 2,
    32,
    intBytes(wall),
  ];
  const payloadBytes = head.value + lengths.reduce((sum, length) => sum + length, 0);
  if (payloadBytes !== payload.value) return null;
  return { seq: seq.value, payloadBytes, payloadAt: seq.next, headBytes: head.value, lengths };
}

function entrySeq(page: Buffer, at: number): number | null {
  return shapeOf(page, at)?.seq ?? null;
}

function readEntry(page: Buffer, at: number, continued: (page: number) => Buffer | null): StoredEntry | null {
  const shape = shapeOf(page, at);
  const payload = shape && payloadOf(page, shape, continued);
  if (!shape || !payload) return null;
  const [kind, checkoutId, body, hash, wallMs] = shape.lengths;
  const { headBytes } = shape;
  const bodyAt = headBytes + kind + checkoutId;
  const wallAt = bodyAt + body + hash;
  return {
    seq: shape.seq,
    kind: payload.toString('utf8', headBytes, headBytes + kind),
    body: Buffer.from(payload.subarray(bodyAt, bodyAt + body)),
    hash: Buffer.from(payload.subarray(bodyAt + body, wallAt)),
    wallMs:
      wallMs === 8
        ? Number(payload.readBigInt64BE(wallAt))
        : wallMs === 0
          ? 0
          : payload.readIntBE(wallAt, wallMs),
  };
}

/** The bytes of a row, of which a long one goes on elsewhere (section 1.6: payload on overflow pages). */
function payloadOf(page: Buffer, shape: Shape, continued: (page: number) => Buffer | null): Buffer | null {
  const { payloadBytes, payloadAt } = shape;
  const usable = page.length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fits = least + ((payloadBytes - least) % (usable - 4));
  const whole = payloadBytes <= usable - 35;
  const local = whole ? payloadBytes : fits <= usable - 35 ? fits : least;
  if (payloadAt + local + (whole ? 0 : 4) > usable) return null;
  const pieces = [page.subarray(payloadAt, payloadAt + local)];
  let left = payloadBytes - local;
  let next = whole ? 0 : page.readUInt32BE(payloadAt + local);
  while (left > 0) {
    const more = next === 0 ? null : continued(next);
    if (!more) return null;
    const length = Math.min(left, usable - 4);
    pieces.push(more.subarray(4, 4 + length));
    left -= length;
    next = more.readUInt32BE(0);
  }
  return pieces.length === 1 ? (pieces[0] ?? null) : Buffer.concat(pieces);
}

function intBytes(type: number): number {
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? 0;
}

/** A number in one to nine bytes (section 1.6); null where the page ends within it, or no such number is ever written. */
function varint(page: Buffer, at: number): { value: number; next: number } | null {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = page[at + i];
    if (byte === undefined) return null;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return null;
}
