// Where the readings of entries lie, by seq: in numbers side by side, some twenty bytes for each entry of the journal. As
// objects they would take ten times as much, and a journal has hundreds of thousands.

export interface Cell {
  /** The page's number in the file, or below zero its frame's in the log. */
  page: number;
  /** Where the cell begins in it. */
  at: number;
}

export interface Cells {
  add(seq: number, cell: Cell): void;
  /** Every one that was added under a seq, the last first. Nothing may be added after the first question. */
  of(seq: number): Cell[];
}

const roomAtFirst = 4096;

export function createCells(): Cells {
  let count = 0;
  let seqs = new Float64Array(roomAtFirst);
  let pages = new Int32Array(roomAtFirst);
  let starts = new Uint16Array(roomAtFirst);
  let order: Uint32Array | null = null;
  return {
    add(seq, { page, at }) {
      if (count === seqs.length) {
        seqs = twice(seqs, new Float64Array(count * 2));
        pages = twice(pages, new Int32Array(count * 2));
        starts = twice(starts, new Uint16Array(count * 2));
      }
      seqs[count] = seq;
      pages[count] = page;
      starts[count] = at;
      count++;
    },
    of(seq) {
      order ??= Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => seqAt(a) - seqAt(b) || b - a);
      const found: Cell[] = [];
      for (let i = firstOf(order, seq); i < count; i++) {
        const cell = order[i] ?? 0;
        if (seqAt(cell) !== seq) break;
        found.push({ page: pages[cell] ?? 0, at: starts[cell] ?? 0 });
      }
      return found;
    },
  };

  function seqAt(cell: number): number {
    return seqs[cell] ?? 0;
  }

  /** The place of the first one in the order that is not before a seq. */
  function firstOf(sorted: Uint32Array, seq: number): number {
    let [from, to] = [0, count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (seqAt(sorted[middle] ?? 0) < seq) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function twice<T extends Float64Array | Int32Array | Uint16Array>(full: T, roomier: T): T {
  roomier.set(full);
  return roomier;
}
