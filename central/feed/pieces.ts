// How a catalogue is cut for the feed: into pieces bounded by number and by bytes, as a delta where that is the smaller.
import { limits } from '../../contract/limits.ts';

/** What stands around the products of a piece: kind, versions, numbers, brackets. */
const envelopeBytesMax = 512;

/** A run of items in pieces, as far as it has been cut: an empty run is one empty piece, so that it takes effect too. */
export interface Cut {
  pieces: number;
  /** Of the last piece. */
  count: number;
  bytes: number;
}

export const emptyCut: Cut = { pieces: 1, count: 0, bytes: 0 };

/** The same run with one item more: in the last piece, or in one of its own where a feed item could not carry both. */
export function withItem(
  { pieces, count, bytes }: Cut,
  sizeBytes: number,
  countMax: number = limits.catalogueProductsPerPieceMax,
  bytesMax: number = limits.feedItemBytesMax - envelopeBytesMax,
): Cut {
  // And the comma between two.
  const size = sizeBytes + 1;
  const full = count > 0 && (count === countMax || bytes + size > bytesMax);
  return full
    ? { pieces: pieces + 1, count: 1, bytes: size }
    : { pieces, count: count + 1, bytes: bytes + size };
}

/** How many of the items make the first piece. */
export function firstPiece(sizesBytes: readonly number[]): number {
  let cut = emptyCut;
  const over = sizesBytes.findIndex((size) => {
    cut = withItem(cut, size);
    return cut.pieces > 1;
  });
  return over < 0 ? sizesBytes.length : over;
}

export interface PublicationSizes {
  /** Whether there is a version in force to differ from. */
  hasBase: boolean;
  deltaBytes: number;
  snapshotBytes: number;
  /** The deltas that a newcomer is sent after the newest snapshot. */
  chainBytes: number;
}

/**
 * What is stored for a new version. A delta goes to those who carry the version before, when it is smaller than half
 * the snapshot; a snapshot is made for newcomers when there is no delta, or when what would follow the last one has
 * grown to half of it.
 */
export function planPublication(sizes: PublicationSizes): { delta: boolean; snapshot: boolean } {
  const { hasBase, deltaBytes, snapshotBytes, chainBytes } = sizes;
  const delta = hasBase && deltaBytes * 2 < snapshotBytes;
  return { delta, snapshot: !delta || (chainBytes + deltaBytes) * 2 >= snapshotBytes };
}
