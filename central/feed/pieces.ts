// How a catalogue is cut for the feed: into pieces bounded by number and by bytes, as a delta where that is the smaller.
import { limits } from '../../contract/limits.ts';

/** What stands around the products of a piece: kind, versions, numbers, brackets. */
const envelopeBytesMax = 512;

/** From `start`, up to and without `end`. */
export interface Piece {
  start: number;
  end: number;
}

/**
 * Cuts a run of items, given by their sizes, into pieces that a feed item can carry. An empty run is one empty piece,
 * so that it takes effect all the same.
 */
export function cutPieces(
  sizesBytes: readonly number[],
  countMax: number = limits.catalogueProductsPerPieceMax,
  bytesMax: number = limits.feedItemBytesMax - envelopeBytesMax,
): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let bytes = 0;
  sizesBytes.forEach((size, i) => {
    // And the comma between two.
    if (i > start && (i - start === countMax || bytes + size + 1 > bytesMax)) {
      pieces.push({ start, end: i });
      start = i;
      bytes = 0;
    }
    bytes += size + 1;
  });
  pieces.push({ start, end: sizesBytes.length });
  return pieces;
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
