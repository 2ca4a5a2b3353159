// The policy: every version is kept, and the newest is in force everywhere.
import type { FeedItem } from '../../../contract/feed.ts';
import { Policy } from '../../../contract/policy.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { PolicyView } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';

export interface PolicyTable {
  publish(policy: Policy, by: By): number;
  ensure(policy: Policy): void;
  inForce(): PolicyView | null;
  /** What a newcomer's feed begins with. */
  forNewcomer(): number[];
}

export function createPolicyTable(documents: FeedDocuments, feeds: FeedTable, audit: Audit): PolicyTable {
  const store = (policy: Policy) => {
    const version = documents.newest('policy') + 1;
    const item: FeedItem = { kind: 'policy', version, policy };
    feeds.shareWithAll([documents.store('policy', version, 1, JSON.stringify(item))]);
    return version;
  };
  return {
    publish(policy, by) {
      const version = store(policy);
      // Every version is kept: the numbers say what it was before.
      audit(by, 'policy.set', 'policy', { before: version - 1, version });
      return version;
    },
    ensure(policy) {
      if (documents.newest('policy') === 0) store(policy);
    },
    inForce() {
      const version = documents.newest('policy');
      const body = documents.body('policy', version);
      // Parsed anew: one that an older release stored gets the defaults of this one.
      return body === null ? null : { version, policy: Policy.parse(JSON.parse(body).policy) };
    },
    forNewcomer() {
      const version = documents.newest('policy');
      return documents.between('policy', version - 1, version);
    },
  };
}
