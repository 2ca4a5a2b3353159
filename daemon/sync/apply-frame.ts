// One frame of what central says, applied in pieces, so that a checkout waits for one piece at most.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from '../store/client.ts';
import { type OpenedFeed, readFeedItem } from './envelope.ts';
import { feedPieces, pieceItemsMax } from './feed-pieces.ts';
import type { SyncProgress } from './progress.ts';

/**
 * @param ageMs how old it surely is: what counts its age counts from then
 * @returns how far the feed is applied now; null when the frame is another feed's
 */
export async function applyFrame(
  parts: {
    store: Pick<StoreClient, 'ask' | 'kiosksSubmit'>;
    /** Lets kiosks go first, after a piece that took so long. */
    giveWay(tookMs: number): Promise<void>;
    clock: Clock;
    log: Log;
    progress?: Pick<SyncProgress, 'applied'>;
  },
  { feedId, firstPosition, items }: OpenedFeed,
  ageMs = 0,
): Promise<number | null> {
  const { store, giveWay, clock, log, progress } = parts;
  let appliedThrough = 0;
  let at = firstPosition;
  const end = firstPosition + items.length;
  const itemsMax = pieceItemsMax[store.kiosksSubmit() ? 'besideKiosks' : 'alone'];
  for (const piece of feedPieces(items, readFeedItem, itemsMax)) {
    const startMs = clock.monotonicMs();
    if (piece.includes(null))
      log.warn({ firstPosition: at }, 'passed over a feed item that this release cannot read');
    const answer = await store.ask('feed', {
      feedId,
      firstPosition: at,
      items: piece,
      ...(ageMs > 0 && { ageMs }),
    });
    at += piece.length;
    // A single word of central's is somebody's answer: only what is left of a long frame can wait.
    if (at < end) await giveWay(clock.monotonicMs() - startMs);
    appliedThrough = answer.appliedThrough;
    if (answer.kind === 'applied') {
      progress?.applied(piece);
      continue;
    }
    log.warn({ reason: answer.reason, firstPosition }, 'ignored a feed frame');
    if (answer.reason === 'other_feed') return null;
    break;
  }
  return appliedThrough;
}
