// Rows by their reference, without an object for any of them.

export interface Chains {
  /** Links the rows anew; answers the rows of a reference, in the order of adding. */
  link(isOpen: (row: number) => boolean, key: (row: number) => number): (reference: number) => number[];
}

/**
 * The rows of references, as chains through two arrays of numbers: a map of lists would take ten times the memory. The
 * arrays serve one linking after the other.
 */
export function createChains(rows: number, references: number): Chains {
  const first = new Int32Array(references);
  const next = new Int32Array(rows);
  return {
    link(isOpen, key) {
      first.fill(-1);
      // Backwards, so that each chain runs in the order of adding.
      for (let row = rows - 1; row >= 0; row--) {
        const reference = key(row);
        if (reference === -1 || !isOpen(row)) continue;
        next[row] = first[reference] ?? -1;
        first[reference] = row;
      }
      return (reference) => {
        const found: number[] = [];
        for (let row = first[reference] ?? -1; row !== -1; row = next[row] ?? -1) found.push(row);
        return found;
      };
    },
  };
}
