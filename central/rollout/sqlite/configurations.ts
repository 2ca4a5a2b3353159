// What central sets of the boxes' own configuration: every version is kept, and the newest that no rollout holds is in force for
// newcomers.
import type Database from 'better-sqlite3';
import type { OfferedConfiguration, RemoteConfiguration } from '../../../contract/configuration.ts';
import { present } from '../../../kit/assert.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';

export interface ConfigurationTable {
  /** Stores the next version, and tells nobody. */
  keep(values: RemoteConfiguration | OfferedConfiguration): number;
  /** Nothing at 0: the boxes' files hold alone. */
  at(version: number): OfferedConfiguration;
  /** The newest that is for everybody; 0: none. */
  inForce(): number;
  /** Puts one version into the feed of an appliance; answers its position. */
  share(applianceRef: number, version: number): number;
  /** Keeps these from newcomers. */
  hold(rollout: number, versions: readonly number[]): void;
  /** It is for everybody from now on. */
  release(version: number): void;
  /** Begins a newcomer's feed with the one in force. */
  greet(applianceRef: number): void;
}

export function createConfigurationTable(db: Database.Database, feeds: FeedTable): ConfigurationTable {
  const insert = db.prepare('INSERT INTO configuration (body) VALUES (?)');
  const body = db.prepare<[number], string>('SELECT body FROM configuration WHERE version = ?').pluck();
  const newest = db
    .prepare<[], number>('SELECT coalesce(max(version), 0) FROM configuration WHERE rollout IS NULL')
    .pluck();
  const hold = db.prepare('UPDATE configuration SET rollout = ? WHERE version = ?');
  const release = db.prepare('UPDATE configuration SET rollout = NULL WHERE version = ?');
  const carry = db.prepare('UPDATE appliance SET configuration_version = ? WHERE ref = ?');

  const table: ConfigurationTable = {
    keep: (values) => Number(insert.run(JSON.stringify(values)).lastInsertRowid),
    at: (version) =>
      version === 0
        ? {}
        : (JSON.parse(
            present(body.get(version), 'the configuration of that version'),
          ) as OfferedConfiguration),
    inForce: () => newest.get() ?? 0,
    share(applianceRef, version) {
      carry.run(version, applianceRef);
      return feeds.append(applianceRef, [{ kind: 'configuration', version, values: table.at(version) }]).last;
    },
    hold(rollout, versions) {
      for (const version of versions) hold.run(rollout, version);
    },
    release: (version) => void release.run(version),
    greet(applianceRef) {
      const version = table.inForce();
      if (version > 0) table.share(applianceRef, version);
    },
  };
  return table;
}
