// Texts as numbers, each held once: millions of references as bytes behind one another, found through a table of numbers.
// A Map of as many strings takes four times the memory. Texts are compared by all their bytes, never by a hash alone. A UUID,
// which all our own references carry, is held as its 16 bytes.
import { assert, present } from '../../kit/assert.ts';

export interface Names {
  /** The number of the text, counted from 0 in the order of first asking. */
  number(text: string): number;
  readonly count: number;
  text(number: number): string;
}

const chunkBytes = 4 * 1024 * 1024;
/** A line of a report is cut long before. */
const textBytesMax = 1024 * 1024;
const lengthBytes = 3;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const uuidBytes = 16;
/** Processors and currencies, which every row names: found again without being written as bytes. */
const shortCharactersMax = 12;
const shortTextsMax = 256;
/** Stands before the bytes of a UUID; UTF-8 has no such byte, so that no other text can be held as the same. */
const uuidMark = 0xff;

export function createNames(): Names {
  const chunks: Buffer[] = [Buffer.allocUnsafe(chunkBytes)];
  let end = 0;
  let starts = new Uint32Array(1024);
  let count = 0;
  // Numbers of texts plus 1, by the hash of their bytes and then the next free place; at most three quarters full.
  let table = new Int32Array(4096);
  const shortTexts = new Map<string, number>();

  const chunkAt = (start: number) => present(chunks[Math.floor(start / chunkBytes)], 'chunk');
  const startOf = (number: number) => present(starts[number], 'number of a text');

  function place(chunk: Buffer, from: number, length: number): number {
    const mask = table.length - 1;
    let at = hashOf(chunk, from, length) & mask;
    for (;;) {
      const number = (table[at] ?? 0) - 1;
      if (number === -1 || isSame(startOf(number), chunk, from, length)) return at;
      at = (at + 1) & mask;
    }
  }

  function isSame(start: number, chunk: Buffer, from: number, length: number): boolean {
    const other = chunkAt(start);
    const otherAt = start % chunkBytes;
    if (other.readUIntLE(otherAt, lengthBytes) !== length) return false;
    const otherFrom = otherAt + lengthBytes;
    for (let i = 0; i < length; i++) if (other[otherFrom + i] !== chunk[from + i]) return false;
    return true;
  }

  function widen(): void {
    table = new Int32Array(table.length * 2);
    for (let number = 0; number < count; number++) {
      const start = startOf(number);
      const chunk = chunkAt(start);
      const at = start % chunkBytes;
      table[place(chunk, at + lengthBytes, chunk.readUIntLE(at, lengthBytes))] = number + 1;
    }
  }

  /** Writes the text behind the last one, where it stays only if it is new. */
  function write(text: string): { chunk: Buffer; from: number; length: number } {
    const bytesMax = lengthBytes + text.length * 3;
    assert(bytesMax <= textBytesMax, 'a reference is shorter than the line that it stood in');
    if ((end % chunkBytes) + bytesMax > chunkBytes) {
      chunks.push(Buffer.allocUnsafe(chunkBytes));
      end = (chunks.length - 1) * chunkBytes;
    }
    const chunk = chunkAt(end);
    const from = (end % chunkBytes) + lengthBytes;
    return { chunk, from, length: writeText(chunk, text, from) };
  }

  function find(text: string): number {
    const { chunk, from, length } = write(text);
    const at = place(chunk, from, length);
    const known = table[at] ?? 0;
    if (known !== 0) return known - 1;
    chunk.writeUIntLE(length, from - lengthBytes, lengthBytes);
    if (count === starts.length) {
      const wider = new Uint32Array(count * 2);
      wider.set(starts);
      starts = wider;
    }
    starts[count++] = end;
    table[at] = count;
    end += lengthBytes + length;
    // why at the end of a chunk too: the next text must not be looked for in the one that is full.
    if (end % chunkBytes === 0) chunks.push(Buffer.allocUnsafe(chunkBytes));
    assert(end < 2 ** 32, 'the references of a run fit in 4 GB');
    if (count * 4 > table.length * 3) widen();
    return count - 1;
  }

  return {
    number(text) {
      if (text.length > shortCharactersMax) return find(text);
      const known = shortTexts.get(text);
      if (known !== undefined) return known;
      const number = find(text);
      if (shortTexts.size < shortTextsMax) shortTexts.set(text, number);
      return number;
    },
    get count() {
      return count;
    },
    text(number) {
      assert(number >= 0 && number < count, 'a text has its number');
      const start = startOf(number);
      const chunk = chunkAt(start);
      const at = start % chunkBytes;
      const from = at + lengthBytes;
      return readText(chunk, from, from + chunk.readUIntLE(at, lengthBytes));
    },
  };
}

/** FNV-1a, 32 bits; its upper half is mixed in, because the table takes the lower bits. */
function hashOf(chunk: Buffer, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + length; at++) hash = Math.imul(hash ^ (chunk[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Equal texts give equal bytes, and only they; answers how many. */
function writeText(chunk: Buffer, text: string, from: number): number {
  const found = uuid.exec(text);
  if (found === null) return chunk.write(text, from);
  const { index } = found;
  const end = index + found[0].length;
  let at = from + chunk.write(text.slice(0, index), from);
  chunk[at++] = uuidMark;
  at += chunk.write(found[0].replaceAll('-', ''), at, 'hex');
  return at + chunk.write(text.slice(end), at) - from;
}

function readText(chunk: Buffer, from: number, end: number): string {
  const mark = chunk.subarray(from, end).indexOf(uuidMark);
  if (mark === -1) return chunk.toString('utf8', from, end);
  const at = from + mark + 1;
  const digits = chunk.toString('hex', at, at + uuidBytes);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
  return `${chunk.toString('utf8', from, at - 1)}${parts.join('-')}-${digits.slice(20)}${chunk.toString('utf8', at + uuidBytes, end)}`;
}
