// How the memory of a salvage stays small however much was sold. V8 lets the garbage of a loop over all entries grow to a
// hundred megabytes and more, their bodies beside its heap among it, before it looks at it: on a box whose memory is bounded
// the kernel would end the salvage there, and at every start again.
import { collectGarbage } from '../../../kit/rest.ts';

/** Of entries, or of rows beside them: what so many leave behind is some megabytes. */
export const rowsUncollectedMax = 4096;

/** @returns to be called for each row that is read; collects what they leave behind */
export function sparingMemory(): (rows?: number) => void {
  let uncollected = 0;
  return (rows = 1) => {
    uncollected += rows;
    if (uncollected < rowsUncollectedMax) return;
    uncollected = 0;
    collectGarbage();
  };
}
