// A feed frame in pieces small enough that a checkout behind one waits for milliseconds only. Pure.
import type { FeedItem } from '../../contract/feed.ts';

/** Each piece is a sync of the disk: as many as a customer may wait for, and more where there is none. */
export const pieceItemsMax = { besideKiosks: 16, alone: 64 };
/** Rows that one piece writes; a single larger item is a piece of its own. */
const pieceRowsMax = 256;

/** Consecutive items, piece by piece, each read when its piece is due; null is an item that could not be read. */
export function* feedPieces<Raw>(
  items: readonly Raw[],
  read: (raw: Raw) => FeedItem | null,
  itemsMax: number,
): Generator<(FeedItem | null)[]> {
  let piece: (FeedItem | null)[] = [];
  let rows = 0;
  for (const raw of items) {
    const item = read(raw);
    const itemRows = rowsOf(item);
    if (piece.length > 0 && (piece.length === itemsMax || rows + itemRows > pieceRowsMax)) {
      yield piece;
      piece = [];
      rows = 0;
    }
    piece.push(item);
    rows += itemRows;
  }
  if (piece.length > 0) yield piece;
}

function rowsOf(item: FeedItem | null): number {
  switch (item?.kind) {
    case 'catalogue':
      return item.products.length;
    case 'catalogue_delta':
      return item.products.length + item.removed.length;
    case 'stock':
      return item.changes.length;
    default:
      return 1;
  }
}
