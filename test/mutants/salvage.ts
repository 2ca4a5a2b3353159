// Mutants of the salvage on the box: what it carries, counts and says of a damaged journal.
import type { Mutant } from './mutant.ts';

const tests = ['daemon/store/salvage/mend.test.ts'];

export const salvageMutants: readonly Mutant[] = [
  {
    name: 'an altered entry that is carried on',
    breaks: 'a sale that was never made comes into the books',
    edits: [
      {
        file: 'daemon/store/salvage/rebuild.ts',
        from: "judged.kind !== 'proven' && judged.kind !== 'unproven'",
        to: "!('entry' in judged)",
      },
    ],
    tests,
  },
  {
    name: 'a journal that goes on as if nothing were lost',
    breaks: 'central is not told which seqs are in doubt',
    edits: [
      {
        file: 'daemon/store/salvage/rebuild.ts',
        from: 'if (!whole) append(beginning(reckoning, fresh));',
        to: 'if (whole) append(beginning(reckoning, fresh));',
      },
    ],
    tests,
  },
  {
    name: 'slips that begin where the file ends',
    breaks: 'I15: a slip number that a customer holds is given again',
    edits: [
      {
        file: 'daemon/store/salvage/rebuild.ts',
        from: '    slips.last,',
        to: '    0,',
      },
    ],
    tests,
  },
  {
    name: 'exposure that begins at nothing',
    breaks: 'I12: a box that lost its file may approve its limit once more',
    edits: [
      {
        file: 'daemon/store/salvage/rebuild.ts',
        from: 'exposure_minor = (SELECT coalesce(sum(exposed_minor), 0) FROM document)',
        to: 'exposure_minor = 0',
      },
    ],
    tests,
  },
];
