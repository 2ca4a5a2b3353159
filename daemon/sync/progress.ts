// How far the sync has come, as it happens: for whoever follows one entry on its way.
import type { FeedItem } from '../../contract/feed.ts';

export interface SyncProgress {
  /** Everything through this seq has left. */
  sent(throughSeq: number): void;
  /** Central's receipt covers everything through this seq. */
  received(throughSeq: number): void;
  /** These of the feed were applied; null is one that this release cannot read. */
  applied(items: readonly (FeedItem | null)[]): void;
}

/** The same, and `act` when something of these kinds was applied. */
export function onApplied(
  progress: SyncProgress,
  kinds: readonly FeedItem['kind'][],
  act: () => void,
): SyncProgress {
  return {
    ...progress,
    applied(items) {
      progress.applied(items);
      if (items.some((item) => item && kinds.includes(item.kind))) act();
    },
  };
}
