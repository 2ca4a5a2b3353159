// What of a damaged journal is kept, what is in doubt, and which slip numbers may have been given: counted in one reading
// before anything is written, so that it can be said, and refused, beforehand.
import type { SalvageEntry, SeqRange } from '../../../contract/entry.ts';
import { limits } from '../../../contract/limits.ts';
import type { DamagedJournal } from './damaged-journal.ts';
import { slipIn } from './entry-body.ts';

export type SalvageCause = SalvageEntry['cause'];

export interface Reckoning {
  cause: SalvageCause;
  fromJournalId: string | null;
  receivedThrough: number;
  lastSeq: number;
  carried: number;
  lost: SeqRange[];
  altered: SeqRange[];
  unproven: SeqRange[];
  /** Something beside the entries tells that these are all. */
  endTold: boolean;
  /** Where numbers go on, so that none is given twice (I15). */
  slips: { year: number | null; last: number; skipped: { first: number; last: number } | null };
}

/** Every entry is there and proven: the journal goes on as itself. Else a number of it might be given again (I3). */
export function isWhole({ lost, altered, unproven, fromJournalId, endTold }: Reckoning): boolean {
  return fromJournalId !== null && endTold && lost.length + altered.length + unproven.length === 0;
}

/**
 * Numbers that are left out where nothing tells how many were sold after the last entry that is left, as when a file has
 * fallen back. As many as a log holds transactions before it is put into the file.
 */
const slipsBeyond = 1500;

/**
 * @param told what central has a receipt for, where it said so
 * @param knownJournalId what is written beside the file, where the file itself does not say
 * @param yearNow of the site, by the clock of the box
 */
export function reckon(
  damaged: DamagedJournal,
  told: { cause: SalvageCause; receivedThrough: number },
  knownJournalId: string | null,
  yearNow: number,
): Reckoning {
  const { position } = damaged;
  const lost = rangeList();
  const altered = rangeList();
  const unproven = rangeList();
  let carried = 0;
  /** The highest number that a carried entry has, and how many entries are not carried that came after it. */
  let highest = { year: null as number | null, slip: 0, notCarriedAfter: 0 };
  for (const judged of damaged.judged()) {
    switch (judged.kind) {
      case 'missing':
      case 'unreadable':
        lost.add(judged.seq);
        highest.notCarriedAfter++;
        continue;
      case 'altered':
        altered.add(judged.entry.seq);
        highest.notCarriedAfter++;
        continue;
      case 'unproven':
        unproven.add(judged.entry.seq);
        break;
      case 'proven':
    }
    carried++;
    const { slip, slipYear } = slipIn(judged.entry.body);
    if (slip !== null && isLater({ year: slipYear, slip }, highest)) {
      highest = { year: slipYear, slip, notCarriedAfter: 0 };
    }
  }
  const beyondFile = told.receivedThrough - damaged.highestSeq;
  if (beyondFile > 0) {
    lost.addRange({ firstSeq: damaged.highestSeq + 1, lastSeq: told.receivedThrough });
    highest.notCarriedAfter += beyondFile;
  }
  return {
    cause: told.cause,
    fromJournalId: position?.journalId ?? knownJournalId,
    receivedThrough: Math.max(position?.receivedThrough ?? 0, told.receivedThrough),
    lastSeq: Math.max(damaged.highestSeq, told.receivedThrough),
    carried,
    lost: lost.bounded(),
    altered: altered.bounded(),
    unproven: unproven.bounded(),
    endTold: damaged.endTold,
    slips: slipsAfter(highest, position, {
      year: yearNow,
      open: told.cause === 'fallen_back' || (!damaged.endTold && position === null),
    }),
  };
}

function slipsAfter(
  highest: { year: number | null; slip: number; notCarriedAfter: number },
  position: DamagedJournal['position'],
  now: { year: number; open: boolean },
): Reckoning['slips'] {
  const beyond = highest.notCarriedAfter + (now.open ? slipsBeyond : 0);
  const ofPosition = { year: position?.slipYear ?? null, slip: position?.lastSlip ?? 0 };
  // Where the last entries are gone, some may be of a year that no entry tells of.
  const begun =
    beyond > 0 && highest.year !== null && now.year > Math.max(highest.year, ofPosition.year ?? 0);
  const known = begun ? { year: now.year, slip: 0 } : isLater(ofPosition, highest) ? ofPosition : highest;
  const before = known.year === highest.year ? highest.slip : 0;
  const last = Math.max(known.slip, before + beyond);
  return { year: known.year, last, skipped: last > before ? { first: before + 1, last } : null };
}

function isLater(
  one: { year: number | null; slip: number },
  than: { year: number | null; slip: number },
): boolean {
  const [year, thanYear] = [one.year ?? 0, than.year ?? 0];
  return year > thanYear || (year === thanYear && one.slip > than.slip);
}

/** Seqs in order, joined where they follow each other, and beyond the limit with what lies between them. */
function rangeList(): { add(seq: number): void; addRange(range: SeqRange): void; bounded(): SeqRange[] } {
  const ranges: SeqRange[] = [];
  const addRange = ({ firstSeq, lastSeq }: SeqRange) => {
    const last = ranges.at(-1);
    const joined = last && (last.lastSeq + 1 >= firstSeq || ranges.length === limits.doubtRangesMax);
    if (joined) last.lastSeq = lastSeq;
    else ranges.push({ firstSeq, lastSeq });
  };
  return { add: (seq) => addRange({ firstSeq: seq, lastSeq: seq }), addRange, bounded: () => ranges };
}
