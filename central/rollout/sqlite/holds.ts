// What is for the boxes of a rollout alone: newcomers get the newest that is not held.
import type Database from 'better-sqlite3';
import type { RolledCatalogues } from '../../ledger/sqlite/catalogues.ts';
import type { PolicyTable } from '../../ledger/sqlite/policies.ts';
import type { VersionedKind } from '../port.ts';
import type { ConfigurationTable } from './configurations.ts';

interface Held {
  kind: VersionedKind;
  version: number;
}

export interface Holds {
  hold(rollout: number, of: Pick<Held, 'kind'>, versions: readonly number[]): void;
  /** That one is for everybody from now on; what was made for boxes with something of their own stays theirs. */
  release(of: Held): void;
}

export function createHolds(
  db: Database.Database,
  parts: { policies: PolicyTable; configurations: ConfigurationTable; catalogues: RolledCatalogues },
): Holds {
  const { policies, configurations, catalogues } = parts;
  const hold = db.prepare(
    'INSERT OR IGNORE INTO rollout_document (feed_document_ref, rollout) VALUES (?, ?)',
  );
  const release = db.prepare('DELETE FROM rollout_document WHERE feed_document_ref = ?');
  return {
    hold(rollout, { kind }, versions) {
      if (kind === 'configuration') return configurations.hold(rollout, versions);
      for (const version of versions) {
        if (kind === 'catalogue') catalogues.hold(rollout, version);
        else hold.run(policies.documentOf(version), rollout);
      }
    },
    release({ kind, version }) {
      if (kind === 'configuration') configurations.release(version);
      else if (kind === 'catalogue') catalogues.release(version);
      else release.run(policies.documentOf(version));
    },
  };
}
