// The frames of SQLite's log (its file format, section 4): which of them SQLite takes, and whether others behind them prove
// that it stops too early. It stops at the first frame that is not as it was written, and says nothing: entries that were
// committed behind it would be gone without a word.
import { existsSync, readFileSync } from 'node:fs';

export interface LogFrame {
  page: number;
  /** Ends a transaction. */
  commits: boolean;
  /** Where the page begins in the file. */
  at: number;
}

export interface LogFrames {
  bytes: Buffer;
  pageBytes: number;
  /** Of committed transactions, in their order; behind a damaged one those that follow from each other. */
  frames: LogFrame[];
  /** Of the file, once all of them are in it. */
  pagesEnd: number;
  /** A frame is damaged, and a transaction was begun after it: that one was on the disk before (I1), and is cut off. */
  damaged: boolean;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
const magics = new Set([0x377f0682, 0x377f0683]);

/** Null where there is no log, or one in which nothing was ever committed. */
export function readLogFrames(path: string): LogFrames | null {
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  if (bytes.length < headerBytes + frameHeaderBytes + 512) return null;
  const pageBytes = bytes.readUInt32BE(8) || 4096;
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) return null;
  const sum = summing(bytes);
  const start = sum(0, 24, { a: 0, b: 0 });
  const headed = magics.has(bytes.readUInt32BE(0)) && same(start, storedAt(bytes, 24));
  const frameBytes = frameHeaderBytes + pageBytes;
  const count = Math.floor((bytes.length - headerBytes) / frameBytes);
  const at = (i: number) => headerBytes + i * frameBytes;
  // Where the header is not as it was written, the first frame says which generation this is.
  const salt = headed ? bytes.subarray(16, 24) : bytes.subarray(at(0) + 8, at(0) + 16);
  const ofGeneration = (i: number) => bytes.subarray(at(i) + 8, at(i) + 16).equals(salt);
  const follows = (i: number, before: Sum) => {
    const head = sum(at(i), 8, before);
    return same(sum(at(i) + frameHeaderBytes, pageBytes, head), storedAt(bytes, at(i) + 16));
  };

  let taken = 0;
  let before = start;
  while (headed && taken < count && ofGeneration(taken) && follows(taken, before)) {
    before = storedAt(bytes, at(taken) + 16);
    taken++;
  }
  const commitsAt = (i: number) => bytes.readUInt32BE(at(i) + 4) !== 0;
  const behind: number[] = [];
  for (let i = taken + 1; i < count; i++) {
    if (ofGeneration(i) && follows(i, storedAt(bytes, at(i - 1) + 16))) behind.push(i);
  }
  // One commit alone may be that of a transaction the power went away from, written in another order.
  const commits =
    behind.filter(commitsAt).length + (taken < count && ofGeneration(taken) && commitsAt(taken) ? 1 : 0);
  const damaged = behind.length > 0 && commits >= 2;
  const all = [...Array(taken).keys(), ...(damaged ? [taken, ...behind] : [])];
  const last = all.findLastIndex(commitsAt);
  const frames = all.slice(0, last + 1).map((i) => ({
    page: bytes.readUInt32BE(at(i)),
    commits: commitsAt(i),
    at: at(i) + frameHeaderBytes,
  }));
  const pagesEnd = last < 0 ? 0 : bytes.readUInt32BE(at(all[last] ?? 0) + 4);
  return { bytes, pageBytes, frames, pagesEnd, damaged };
}

interface Sum {
  a: number;
  b: number;
}

function same(one: Sum, other: Sum): boolean {
  return one.a === other.a && one.b === other.b;
}

function storedAt(bytes: Buffer, at: number): Sum {
  return { a: bytes.readUInt32BE(at), b: bytes.readUInt32BE(at + 4) };
}

/** The checksum of the format (section 4.2), over words in the order that the magic number names. */
function summing(bytes: Buffer): (at: number, length: number, before: Sum) => Sum {
  const bigEndian = (bytes.readUInt32BE(0) & 1) === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return (from, length, before) => {
    let { a, b } = before;
    for (let at = from; at < from + length; at += 8) {
      a = (a + view.getUint32(at, !bigEndian) + b) >>> 0;
      b = (b + view.getUint32(at + 4, !bigEndian) + a) >>> 0;
    }
    return { a, b };
  };
}
