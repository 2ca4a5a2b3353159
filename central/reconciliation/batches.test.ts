import { expect, it } from 'vitest';
import { batchesToAsk } from './batches.ts';

it.each<[string, number[], number | null, number, number[]]>([
  ['begins at the first when nothing is known', [], null, 1, []],
  ['begins where it is told to', [], 900, 900, []],
  ['goes on after the last', [1, 2, 3], null, 4, []],
  ['asks again for what was passed over, the newest first', [3, 7, 5], null, 8, [6, 4]],
  ['reaches back to where it is told to', [3, 4], 1, 5, [2, 1]],
  ['leaves alone what is before', [1, 2, 9], 8, 10, [8]],
  ['begins later when it is told to, though others are here', [1, 2], 10, 10, []],
])('%s', (_, have, firstBatch, next, gaps) => {
  const asked = batchesToAsk(new Set(have), firstBatch);
  expect([asked.next, [...asked.gaps]]).toEqual([next, gaps]);
});
