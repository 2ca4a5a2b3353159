// Applying the feed: what central says, in its order, each item once.
import type { FeedItem } from '../../contract/feed.ts';
import type { OutcomeKind } from '../../contract/verdict.ts';
import { unreachable } from '../../kit/assert.ts';
import type { Catalogue } from './catalogue.ts';
import type { Ask, FeedAnswer } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { type Documents, idBytes } from './documents.ts';
import type { HotList } from './hot-list.ts';
import type { Outcomes } from './outcomes.ts';
import type { Policies } from './policy.ts';
import type { Positions } from './positions.ts';
import type { ReleaseWishes } from './release-wish.ts';
import type { RemoteConfigurations } from './remote-configuration.ts';
import type { SiteTime } from './site-time.ts';
import type { Stock } from './stock.ts';

export interface FeedParts {
  documents: Documents;
  catalogue: Catalogue;
  policies: Policies;
  positions: Positions;
  stock: Stock;
  hotList: HotList;
  releaseWishes: ReleaseWishes;
  remoteConfigurations: RemoteConfigurations;
  siteTime: SiteTime;
  decisions: Decisions;
  outcomes: Outcomes;
}

type OutcomeItem = Extract<FeedItem, { kind: 'outcome' }>;

/** Applies the items that continue what has been applied; repeats are passed over, a gap changes nothing. */
export function applyFeed(
  parts: FeedParts,
  { feedId, firstPosition, items, ageMs = 0 }: Ask<'feed'>,
): FeedAnswer {
  const { documents, catalogue, policies, positions, stock, hotList, siteTime, decisions, outcomes } = parts;
  const { appliedThrough } = positions.now;
  if (positions.now.feedId === null) positions.follow(feedId, firstPosition + items.length - 1);
  if (positions.now.feedId !== feedId) return { kind: 'ignored', reason: 'other_feed', appliedThrough };
  if (firstPosition > appliedThrough + 1) return { kind: 'ignored', reason: 'gap', appliedThrough };

  const through = firstPosition + items.length - 1;
  items.slice(appliedThrough + 1 - firstPosition).forEach((item, i) => {
    // Null: an item this release cannot read. It was reported at the door and must not hold up the rest.
    if (item) applyItem(item, appliedThrough + 1 + i);
  });
  if (through > appliedThrough) positions.apply(through);
  catalogue.sweep();
  return { kind: 'applied', feedId, appliedThrough: positions.now.appliedThrough };

  function applyItem(item: FeedItem, position: number): void {
    switch (item.kind) {
      case 'outcome':
        applyOutcome(item);
        return;
      case 'policy':
        policies.apply(item, siteTime.book() - ageMs);
        return;
      case 'catalogue':
      case 'catalogue_delta':
        catalogue.applyPiece(item, { elapsedMs: siteTime.book() - ageMs, wallMs: siteTime.best().ms });
        return;
      case 'stock':
        // Asked again after a salvage: the goods that are kept have it already.
        if (position > positions.now.stockThrough) stock.change(item);
        return;
      case 'hot_list':
        hotList.change(item);
        return;
      case 'release':
        parts.releaseWishes.take(item);
        return;
      case 'configuration':
        parts.remoteConfigurations.offer(item);
        return;
      case 'synthetic':
      case 'doctor':
        // Asked of the daemon, not of the store: daemon/synthetic and daemon/doctor hear of it once it is applied.
        return;
      default:
        unreachable(item);
    }
  }

  function applyOutcome(item: OutcomeItem): void {
    const { outcome, atMs } = item;
    const found = documents.find(idBytes(item.id));
    // An outcome for a document this journal does not hold, as after a salvage: nothing here depends on it.
    if (!found) return;
    const document = decisions.byCentral(found, item);
    outcomes.append(document.id, outcome, atMs);
    // While it is pending it may still be approved offline: its exposure stays.
    const ends = endsExposure(outcome) && document.verdict !== 'pending';
    const exposedMinor = ends ? 0 : document.exposedMinor;
    documents.setOutcome(document.id, outcome, atMs, exposedMinor);
    if (exposedMinor === 0) positions.unexpose(document.exposedMinor);
  }
}

/** Whether the money of a checkout is no longer at the site's risk alone. */
export function endsExposure(outcome: OutcomeKind): boolean {
  switch (outcome) {
    case 'booked':
    case 'authorised':
    case 'declined':
    case 'captured':
    case 'settled':
    case 'refunded':
    case 'disputed':
    case 'reversed':
      return true;
    case 'unknown':
    case 'in_review':
    case 'parked':
      return false;
    default:
      return unreachable(outcome);
  }
}
