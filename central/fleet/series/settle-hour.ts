// The coarser rows of an hour, of what has come of it so far. Pure.
import { mergeRows } from './block.ts';
import { downSample } from './down-sample.ts';
import type { Row } from './row.ts';
import { levels } from './steps.ts';

const [fine, middle, coarse] = levels;

/**
 * @param fineRows all that are kept of the hour
 * @param middleRows as they were made before: they stand where the fine ones were forgotten since
 */
export function coarserRows(
  fineRows: readonly Row[],
  middleRows: readonly Row[],
): { middleRows: Row[]; coarseRows: Row[] } {
  const made = downSample(fineRows, middle.stepSeconds / fine.stepSeconds);
  const all = mergeRows(middleRows, made);
  return { middleRows: all, coarseRows: downSample(all, coarse.stepSeconds / middle.stepSeconds) };
}
