// The policy: every version is kept, and the newest that no rollout holds is in force everywhere.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import { Policy } from '../../../contract/policy.ts';
import { present } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { PolicyView } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';

export interface PolicyTable {
  publish(policy: Policy, by: By): number;
  ensure(policy: Policy): void;
  inForce(): PolicyView | null;
  /** Begins a newcomer's feed with the one in force. */
  greet(applianceRef: number): void;
  /** Puts one version into the feed of an appliance; answers its position. */
  share(applianceRef: number, version: number): number;
  /** Stores the next version, and tells nobody. */
  keep(policy: Policy): number;
  documentOf(version: number): number;
  at(version: number): Policy;
}

/** @param onPublished a version is in force for everybody, whatever some boxes were brought before */
export function createPolicyTable(
  db: Database.Database,
  parts: {
    documents: FeedDocuments;
    feeds: FeedTable;
    audit: Audit;
    onPublished(version: number, by: By): void;
  },
): PolicyTable {
  const { documents, feeds, audit, onPublished } = parts;
  const newestForAll = db
    .prepare<[], number>(
      `SELECT coalesce(max(version), 0) FROM feed_document WHERE kind = 'policy'
       AND ref NOT IN (SELECT feed_document_ref FROM rollout_document)`,
    )
    .pluck();
  const carry = db.prepare('UPDATE appliance SET policy_version = ? WHERE ref = ?');
  const carryAll = db.prepare('UPDATE appliance SET policy_version = ?');
  const inForceVersion = () => newestForAll.get() ?? 0;
  const keep = (policy: Policy) => {
    const version = documents.newest('policy') + 1;
    const item: FeedItem = { kind: 'policy', version, policy };
    documents.store('policy', version, 1, JSON.stringify(item));
    return version;
  };
  const documentOf = (version: number) =>
    present(documents.between('policy', version - 1, version)[0], 'the policy of that version');
  const store = (policy: Policy) => {
    const version = keep(policy);
    feeds.shareWithAll([documentOf(version)]);
    carryAll.run(version);
    return version;
  };
  const share = (applianceRef: number, version: number) => {
    carry.run(version, applianceRef);
    return feeds.share(applianceRef, [documentOf(version)]).last;
  };
  // Parsed anew: one that an older release stored gets the defaults of this one.
  const at = (version: number) =>
    Policy.parse(JSON.parse(present(documents.body('policy', version), 'the policy of that version')).policy);
  return {
    publish(policy, by) {
      const before = inForceVersion();
      const version = store(policy);
      // Every version is kept: the numbers say what it was before.
      audit(by, 'policy.set', 'policy', { before, version });
      onPublished(version, by);
      return version;
    },
    ensure(policy) {
      if (documents.newest('policy') === 0) store(policy);
    },
    inForce() {
      const version = inForceVersion();
      return version === 0 ? null : { version, policy: at(version) };
    },
    greet(applianceRef) {
      const version = inForceVersion();
      if (version > 0) share(applianceRef, version);
    },
    share,
    keep,
    documentOf,
    at,
  };
}
